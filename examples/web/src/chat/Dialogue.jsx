import { useRef } from "react";
import { Announcement } from "./Announcement.jsx";
import { Composer } from "./Composer.jsx";
import { Messages } from "./Messages.jsx";
import { Trouble } from "./Trouble.jsx";
import { useDialogue } from "./useDialogue.js";

/** One chat: its messages, what went wrong, and the form for the next message. */
export function Dialogue({ place, stored, keep, again, changed, quota, input, drafts }) {
  const dialogue = useDialogue({ place, stored, keep, changed, note: quota.note });
  const { messages, status, error, running, replyMissing } = dialogue;
  const list = useRef();
  // The button that was pressed goes away, and the focus must not go with it.
  const focused = (action) => {
    list.current.focus();
    action();
  };
  return (
    <div className="dialogue">
      <Messages
        list={list}
        messages={messages}
        status={status}
        running={running}
        edit={running ? undefined : (id, text) => focused(() => dialogue.edit(id, text))}
        anew={running ? undefined : (id) => focused(() => dialogue.anew(id))}
        versionsOf={dialogue.versionsOf}
      />
      <Announcement list={list} last={messages.at(-1)} running={running} />
      <p className="unseen" role="status">
        {dialogue.said}
      </p>
      <Trouble
        error={error}
        replyMissing={replyMissing}
        tryAgain={() => focused(dialogue.tryAgain)}
        reload={again}
      />
      <Composer
        running={running}
        stopping={dialogue.stopping}
        send={dialogue.send}
        stop={() => focused(dialogue.stop)}
        left={quota.left}
        starts={place.isNew}
        input={input}
        draft={{ drafts, conversation: place.conversation }}
      />
    </div>
  );
}
