import { moment } from "../layout/dates.js";
import { Facts } from "../layout/Facts.jsx";
import { Panel } from "../layout/Panel.jsx";

/** What `useSession` says. */
export function SessionPanel({ session, user }) {
  return (
    <Panel title={user.name ? `Hello, ${user.name}` : "Hello"}>
      <Facts
        facts={[
          ["E-mail", user.email],
          ["Signed in", moment(session.createdAt)],
          ["Stays until", moment(session.expiresAt)],
          ["Background", [user.software_level, user.hardware_background].filter(Boolean).join(" · ")],
          ["User id", <code key="id">{user.id}</code>],
        ]}
      />
    </Panel>
  );
}
