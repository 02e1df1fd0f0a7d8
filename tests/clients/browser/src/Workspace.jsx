import { useAction } from "./forms/useAction.js";
import { auth } from "./auth.js";
import { ChatPanel } from "./chat/ChatPanel.jsx";
import { Layout } from "./layout/Layout.jsx";
import { BackgroundPanel } from "./panels/BackgroundPanel.jsx";
import { DevicesPanel } from "./panels/DevicesPanel.jsx";
import { PasswordPanel } from "./panels/PasswordPanel.jsx";
import { SessionPanel } from "./panels/SessionPanel.jsx";

/** What a signed-in user sees: panels in a wide and a narrow column. */
export function Workspace({ session, user }) {
  return (
    <Layout corner={<Corner user={user} />}>
      <div className="columns">
        <div className="wide">
          <ChatPanel key={user.id} user={user} />
          <DevicesPanel current={session.id} />
        </div>
        <div className="narrow">
          <SessionPanel session={session} user={user} />
          <BackgroundPanel user={user} />
          <PasswordPanel email={user.email} />
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
