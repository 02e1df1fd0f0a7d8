import { Markdown } from "../markdown/Markdown.jsx";
import { Question } from "./Question.jsx";
import { Rating } from "./Rating.jsx";
import { isComplete, textOf } from "./stored.js";
import { Versions } from "./Versions.jsx";

/** One message with its buttons below it. */
export function Message({ message, running, edit, anew, versions }) {
  const { id, role, metadata } = message;
  if (role === "user") return <Question message={message} edit={edit} versions={versions} />;
  const complete = isComplete(message);
  return (
    <article className="message assistant" aria-label="Assistant" data-id={id}>
      <Markdown text={textOf(message)} />
      {!running && (
        <footer>
          {versions && <Versions id={id} versions={versions} />}
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
