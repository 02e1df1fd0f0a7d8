import { useAction } from "./forms/useAction.js";
import { auth } from "./auth.js";
import { ChatPanel } from "./chat/ChatPanel.jsx";
import { Layout } from "./layout/Layout.jsx";
import { Notice } from "./layout/Notice.jsx";
import { BackgroundPanel } from "./panels/BackgroundPanel.jsx";
import { DataPanel } from "./panels/DataPanel.jsx";
import { DevicesPanel } from "./panels/DevicesPanel.jsx";
import { EmailPanel } from "./panels/EmailPanel.jsx";
import { PasswordPanel } from "./panels/PasswordPanel.jsx";
import { SessionPanel } from "./panels/SessionPanel.jsx";

/** What a signed-in user sees: panels in a wide and a narrow column. */
export function Workspace({ session, user, notice, problem }) {
  return (
    <Layout corner={<Corner user={user} />}>
      <Notice kind="done" text={notice} />
      <Notice kind="problem" text={problem} />
      <div className="columns">
        <div className="wide">
          <ChatPanel key={user.id} user={user} />
          <DevicesPanel current={session.id} />
        </div>
        <div className="narrow">
          <SessionPanel session={session} user={user} />
          <BackgroundPanel user={user} />
          <PasswordPanel email={user.email} />
          <EmailPanel user={user} />
          <DataPanel />
        </div>
      </div>
    </Layout>
  );
}

function Corner({ user }) {
  const signOut = useAction((_, options) => auth.signOut({}, options));
  return (
    <div className="corner">
      <span title={user.email}>{user.name || user.email}</span>
      <button onClick={() => signOut.run()} disabled={signOut.pending}>
        Sign out
      </button>
    </div>
  );
}
