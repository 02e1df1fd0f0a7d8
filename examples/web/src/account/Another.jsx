import { useEffect, useState } from "react";
import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";

/** Seconds until a mail may be asked for again: most mails are there by then. */
const PAUSE = 30;

/** Asks for the same mail again, after a pause. */
export function Another({ ask, email, submit, done }) {
  const again = useAction(ask);
  const [left, setLeft] = useState(PAUSE);
  useEffect(() => {
    if (left === 0) return undefined;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  const send = async () => {
    if (await again.run({ email })) setLeft(PAUSE);
  };
  return (
    <div className="another">
      <Notice kind="problem" text={again.problem} />
      <Notice kind="done" text={again.done && done} />
      <button onClick={send} disabled={again.pending || left > 0}>
        {left > 0 ? `${submit} in ${left} s` : submit}
      </button>
    </div>
  );
}
