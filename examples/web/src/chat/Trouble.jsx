import { Notice } from "../layout/Notice.jsx";
import { trouble } from "./problem.js";

/** The chat has gone on elsewhere, so that what is shown here is not the whole of it. */
const ELSEWHERE = ["TURN_IN_PROGRESS", "MESSAGE_NOT_FOUND"];

/** Why there is no reply, and what to do about it. */
export function Trouble({ error, replyMissing, tryAgain, reload }) {
  if (!error && !replyMissing) return null;
  const { code, text } = error ? trouble(error) : { text: "This question has no reply." };
  return (
    <div className="trouble">
      <Notice kind="problem" text={text} />
      <div className="actions">
        <button onClick={tryAgain}>Try again</button>
        {ELSEWHERE.includes(code) && <button onClick={reload}>Show the chat as it is now</button>}
      </div>
    </div>
  );
}
