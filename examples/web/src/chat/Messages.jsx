import { useEffect, useRef } from "react";
import { Message } from "./Message.jsx";

/** Maximum distance from its end, in pixels, at which the list follows what is added. */
const NEAR = 60;

/** The messages, scrolled to the newest. */
export function Messages({ list, messages, status, running, edit, anew, versionsOf }) {
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current) list.current.scrollTop = list.current.scrollHeight;
  }, [messages, status]);
  // It gets smaller when the form below it grows, or when a problem is shown.
  useEffect(() => {
    const shown = list.current;
    const observer = new ResizeObserver(() => {
      if (follows.current) shown.scrollTop = shown.scrollHeight;
    });
    observer.observe(shown);
    return () => observer.disconnect();
  }, []);
  const look = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  const last = messages.at(-1);
  return (
    <div
      ref={list}
      className="messages"
      role="log"
      aria-label="Messages"
      aria-live="off"
      aria-busy={running}
      tabIndex={0}
      onScroll={look}
    >
      {!messages.length && <p className="lead">Ask anything. Replies suit your background.</p>}
      {messages.map((message, index) => (
        <Message
          key={message.id}
          message={message}
          running={running && message === last}
          edit={edit}
          anew={anew}
          versions={running ? undefined : versionsOf(index)}
        />
      ))}
      {status === "submitted" && <p className="thinking">The reply is on its way …</p>}
    </div>
  );
}
