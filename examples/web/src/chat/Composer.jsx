import { useId, useRef, useState } from "react";

/**
 * Where the next message is written. Enter sends it, Shift and Enter begins a line. After a stop, the next one need not
 * wait for the end of the reply.
 */
export function Composer({ running, stopping, send, stop, left }) {
  const id = useId();
  const input = useRef();
  const [text, setText] = useState("");
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
    <form aria-label="Send a message" onSubmit={submit} noValidate>
      <div className="field">
        <label htmlFor={id}>Your message</label>
        <textarea
          id={id}
          ref={input}
          rows={2}
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
        {left !== undefined && <small>{left} left today</small>}
      </div>
    </form>
  );
}
