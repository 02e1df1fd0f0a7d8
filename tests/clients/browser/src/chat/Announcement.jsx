import { useEffect, useRef, useState } from "react";
import { textOf } from "./stored.js";

/** Tells screen readers that an answer is on its way, and then all of it, rather than each of its pieces. */
export function Announcement({ last, running }) {
  const [text, setText] = useState("");
  const ran = useRef(false);
  useEffect(() => {
    if (running) setText("The answer is on its way.");
    else if (ran.current) setText(last?.role === "assistant" ? textOf(last) : "");
    ran.current = running;
  }, [running]);
  return (
    <p className="unseen" role="status">
      {text}
    </p>
  );
}
