import { useRef, useState } from "react";
import { Icon } from "../layout/Icon.jsx";
import { Notice } from "../layout/Notice.jsx";
import { Conversation } from "./Conversation.jsx";
import { Removal } from "./Removal.jsx";

/** The list of conversations, with the way to a new one. `opened` is called when one is chosen. */
export function Conversations({ list, current, start, opened }) {
  const [leaving, setLeaving] = useState();
  const begin = useRef();
  const removed = (id) => {
    setLeaving(undefined);
    if (id === current) start();
    else begin.current.focus();
  };
  return (
    <nav className="conversations" aria-label="Conversations">
      <button ref={begin} className="primary" onClick={start}>
        <Icon name="plus" /> New chat
      </button>
      <ul>
        {list.rows.map((row) => (
          <Conversation
            key={row.id}
            conversation={row}
            isOpen={row.id === current}
            opened={opened}
            rename={list.rename}
            remove={() => setLeaving(row)}
          />
        ))}
      </ul>
      {list.more && (
        <button onClick={list.more} disabled={list.waits}>
          Show more
        </button>
      )}
      <Notice kind="problem" text={list.problem} />
      {leaving && (
        <Removal
          conversation={leaving}
          remove={list.remove}
          removed={removed}
          cancel={() => setLeaving(undefined)}
        />
      )}
    </nav>
  );
}
