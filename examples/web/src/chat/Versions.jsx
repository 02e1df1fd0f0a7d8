import { useEffect, useRef } from "react";

/** Leads to other versions of a message: `‹ 2/3 ›`. */
export function Versions({ id, versions: { at, count, go, going, arrived } }) {
  const [earlier, later] = [useRef(), useRef()];
  useEffect(() => {
    if (arrived.current?.id !== id) return;
    const buttons = arrived.current.step < 0 ? [earlier, later] : [later, earlier];
    arrived.current = undefined;
    buttons.find(({ current }) => !current.disabled)?.current.focus();
  }, [id]);
  return (
    <span className="versions" role="group" aria-label={`Version ${at + 1} of ${count}`}>
      <button
        ref={earlier}
        aria-label="Earlier version"
        aria-disabled={going}
        disabled={at === 0}
        onClick={() => going || go(-1)}
      >
        ‹
      </button>
      <span aria-hidden="true">
        {at + 1}/{count}
      </span>
      <button
        ref={later}
        aria-label="Later version"
        aria-disabled={going}
        disabled={at === count - 1}
        onClick={() => going || go(1)}
      >
        ›
      </button>
    </span>
  );
}
