import { useEffect, useRef, useState } from "react";
import { textOf } from "./stored.js";

/** Tells screen readers that a reply is on its way, and then the whole reply, rather than each delta. */
export function Announcement({ last, running }) {
  const [text, setText] = useState("");
  const ran = useRef(false);
  useEffect(() => {
    if (running) setText("The reply is on its way.");
    else if (ran.current) setText(last?.role === "assistant" ? textOf(last) : "");
    ran.current = running;
  }, [running]);
  return (
    <p className="unseen" role="status">
      {text}
    </p>
  );
}
