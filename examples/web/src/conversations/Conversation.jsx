import { useEffect, useRef, useState } from "react";
import { Icon } from "../layout/Icon.jsx";
import { hashOf } from "../route.js";
import { Rename } from "./Rename.jsx";

/** One line of the list: leads to the conversation, and changes its title or deletes it. */
export function Conversation({ conversation, isOpen, opened, rename, remove }) {
  const { id, title } = conversation;
  const [renaming, setRenaming] = useState(false);
  const button = useRef();
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !renaming) button.current.focus();
    was.current = renaming;
  }, [renaming]);
  if (renaming) {
    return (
      <li>
        <Rename conversation={conversation} rename={rename} leave={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li className="conversation">
      <a href={hashOf({ view: "chat", conversation: id })} aria-current={isOpen ? "page" : undefined} onClick={opened}>
        {title}
      </a>
      <button ref={button} className="bare" aria-label={`Rename ${title}`} onClick={() => setRenaming(true)}>
        <Icon name="pen" />
      </button>
      <button className="bare" aria-label={`Delete ${title}`} onClick={remove}>
        <Icon name="bin" />
      </button>
    </li>
  );
}
