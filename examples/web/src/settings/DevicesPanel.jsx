import { auth } from "../auth.js";
import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";
import { Device } from "./Device.jsx";
import { useSessions } from "./useSessions.js";

/** Every session of the user, and the ways to end them. */
export function DevicesPanel({ current }) {
  const { sessions, problem, load } = useSessions(current);
  const one = useAction((token, options) => auth.revokeSession({ token }, options));
  const others = useAction((_, options) => auth.revokeOtherSessions({}, options));
  const all = useAction((_, options) => auth.revokeSessions({}, options));
  const pending = one.pending || others.pending || all.pending;
  const end = async (action, token) => {
    if (await action.run(token)) load();
  };
  return (
    <Panel
      title="Devices"
      aside={
        <button className="link" onClick={load}>
          Refresh
        </button>
      }
    >
      <ul className="entries">
        {sessions.map((session) => (
          <Device
            key={session.id}
            session={session}
            isThis={session.id === current}
            disabled={pending}
            end={() => end(one, session.token)}
          />
        ))}
      </ul>
      <Notice kind="problem" text={problem ?? one.problem ?? others.problem ?? all.problem} />
      <div className="actions">
        <button onClick={() => end(others)} disabled={pending || sessions.length < 2}>
          Sign out the others
        </button>
        <button className="danger" onClick={() => end(all)} disabled={pending}>
          Sign out everywhere
        </button>
      </div>
    </Panel>
  );
}
