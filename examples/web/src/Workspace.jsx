import { useState } from "react";
import { ChatView } from "./chat/ChatView.jsx";
import { lastConversation } from "./chat/usePlace.js";
import { Corner } from "./layout/Corner.jsx";
import { Layout } from "./layout/Layout.jsx";
import { Notice } from "./layout/Notice.jsx";
import { useRoute } from "./route.js";
import { SettingsView } from "./settings/SettingsView.jsx";

/** What a signed-in user sees: the chat, or the settings. */
export default function Workspace({ session, user, link }) {
  const { route, go } = useRoute(() => ({ view: "chat", conversation: lastConversation(user.id) }));
  const [drafts] = useState(() => new Map());
  const notices = (
    <>
      <Notice kind="done" text={link.done} close={link.dismiss} />
      <Notice kind="problem" text={link.problem} close={link.dismiss} />
    </>
  );
  return (
    <Layout view={route.view} corner={<Corner user={user} view={route.view} />}>
      {route.view === "chat" ? (
        <ChatView user={user} route={route} go={go} notices={notices} drafts={drafts} />
      ) : (
        <SettingsView session={session} user={user} notices={notices} />
      )}
    </Layout>
  );
}
