import { Notice } from "../layout/Notice.jsx";
import { Dialogue } from "./Dialogue.jsx";
import { useStored } from "./useStored.js";

/** A chat, once its stored messages have been read. */
export function Opened({ place, again, ...rest }) {
  const { messages, problem } = useStored(place);
  if (problem) {
    return (
      <div className="trouble">
        <Notice kind="problem" text={problem} />
        <div className="actions">
          <button onClick={again}>Try again</button>
        </div>
      </div>
    );
  }
  if (!messages) {
    return (
      <p className="waiting" role="status">
        One moment …
      </p>
    );
  }
  return <Dialogue place={place} stored={messages} again={again} {...rest} />;
}
