import { useId } from "react";
import { Quota } from "./Quota.jsx";
import { useDraft } from "./useDraft.js";

/**
 * Where the next message is written. Enter sends it, Shift and Enter begins a line. After a stop, the next one need not
 * wait for the end of the reply.
 *
 * @param input is where the page keeps the text's element
 */
export function Composer({ running, stopping, send, stop, left, starts, input, draft }) {
  const id = useId();
  const [text, setText] = useDraft(draft);
  const waits = (running && !stopping) || !text.trim();
  const submit = (event) => {
    event.preventDefault();
    if (waits) return;
    send(text);
    setText("");
    input.current.focus();
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
  };
  return (
    <form className="composer" aria-label="Send a message" onSubmit={submit} noValidate>
      <div className="field">
        <label className="unseen" htmlFor={id}>
          Your message
        </label>
        <textarea
          id={id}
          ref={input}
          rows={2}
          placeholder="Write a message"
          autoFocus={starts}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="actions">
        <button className="primary" disabled={waits}>
          Send
        </button>
        {running && (
          <button type="button" onClick={stop} disabled={stopping}>
            {stopping ? "Stopping …" : "Stop"}
          </button>
        )}
        <Quota left={left} />
      </div>
    </form>
  );
}
