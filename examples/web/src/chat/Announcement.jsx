import { useEffect, useRef, useState } from "react";

/** Tells screen readers that a reply is on its way, and then the whole reply, rather than each delta. */
export function Announcement({ list, last, running }) {
  const [text, setText] = useState("");
  const ran = useRef(false);
  useEffect(() => {
    if (running) setText("The reply is on its way.");
    else if (ran.current) setText(last?.role === "assistant" ? shown(list.current) : "");
    ran.current = running;
  }, [running]);
  return (
    <p className="unseen" role="status">
      {text}
    </p>
  );
}

/** The last reply as it is read: without the signs of Markdown, and without the buttons of its code. */
function shown(list) {
  const blocks = [...list.querySelectorAll("article:last-of-type .markdown > *")];
  return blocks.map((block) => (block.querySelector("pre") ?? block).innerText).join("\n");
}
