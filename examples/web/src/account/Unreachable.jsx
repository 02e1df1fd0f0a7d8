import { Notice } from "../layout/Notice.jsx";
import { inWords } from "../words.js";

/** Shown while nobody can tell whether there is a session. */
export function Unreachable({ error, again }) {
  return (
    <div className="entrance">
      <Notice kind="problem" text={inWords(error)} />
      <button onClick={() => again()}>Try again</button>
    </div>
  );
}
