import { Rating } from "./Rating.jsx";
import { textOf } from "./stored.js";

/** One message; a reply has its buttons below it. */
export function Message({ message, running, anew }) {
  const { id, role, metadata } = message;
  if (role === "user") {
    return (
      <article className="message user" aria-label="You">
        {textOf(message)}
      </article>
    );
  }
  const complete = metadata?.stored || metadata?.usage;
  return (
    <article className="message assistant" aria-label="Assistant">
      <div className="text">{textOf(message)}</div>
      {!running && (
        <footer>
          {complete && metadata.interaction_id && <Rating metadata={metadata} />}
          {!complete && <small>This reply broke off.</small>}
          {complete && anew && (
            <button className="link" onClick={() => anew(id)}>
              Regenerate
            </button>
          )}
        </footer>
      )}
    </article>
  );
}
