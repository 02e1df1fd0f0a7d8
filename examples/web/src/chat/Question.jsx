import { useEffect, useId, useRef, useState } from "react";
import { textOf } from "./stored.js";
import { Versions } from "./Versions.jsx";

/** A question of the user, which can be asked in other words. */
export function Question({ message, edit, versions }) {
  const [editing, setEditing] = useState(false);
  const button = useRef();
  const cancelled = useRef(false);
  useEffect(() => {
    if (!editing && cancelled.current) button.current?.focus();
    cancelled.current = false;
  }, [editing]);
  const cancel = () => {
    cancelled.current = true;
    setEditing(false);
  };
  const save = (text) => {
    setEditing(false);
    edit(message.id, text);
  };
  return (
    <article className="message user" aria-label="You">
      {editing && edit ? (
        <Edit text={textOf(message)} save={save} cancel={cancel} />
      ) : (
        <div className="text">{textOf(message)}</div>
      )}
      {!editing && (edit || versions) && (
        <footer>
          {versions && <Versions id={message.id} versions={versions} />}
          {edit && (
            <button ref={button} className="link" onClick={() => setEditing(true)}>
              Edit
            </button>
          )}
        </footer>
      )}
    </article>
  );
}

/** Enter asks, Shift and Enter begins a line, Escape leaves the question as it is. */
function Edit({ text: before, save, cancel }) {
  const id = useId();
  const [text, setText] = useState(before);
  const submit = (event) => {
    event.preventDefault();
    if (text.trim()) save(text);
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
  };
  return (
    <form className="edit" aria-label="Edit your question" onSubmit={submit} noValidate>
      <div className="field">
        <label htmlFor={id}>In other words</label>
        <textarea
          id={id}
          autoFocus
          rows={2}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="actions">
        <button className="primary" disabled={!text.trim()}>
          Ask
        </button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
