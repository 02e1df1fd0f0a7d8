import { moment } from "../layout/dates.js";
import { deviceName } from "./deviceName.js";

/** One session in the list. */
export function Device({ session, isThis, disabled, end }) {
  const name = deviceName(session.userAgent);
  return (
    <li className={isThis ? "entry this" : "entry"}>
      <div>
        <strong>{name}</strong>
        {isThis && <span className="badge">This device</span>}
        <small>
          Signed in {moment(session.createdAt)}
          {session.ipAddress && ` from ${session.ipAddress}`}
        </small>
      </div>
      <button onClick={end} disabled={disabled} aria-label={`Sign out ${name}`}>
        Sign out
      </button>
    </li>
  );
}
