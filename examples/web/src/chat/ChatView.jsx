import { useRef, useState } from "react";
import { Conversations } from "../conversations/Conversations.jsx";
import { useConversations } from "../conversations/useConversations.js";
import { useOpen } from "../conversations/useOpen.js";
import { Dialog } from "../layout/Dialog.jsx";
import { useNarrow } from "../layout/useNarrow.js";
import { useTitle } from "../layout/useTitle.js";
import { Bar } from "./Bar.jsx";
import { Opened } from "./Opened.jsx";
import { usePlace } from "./usePlace.js";

/** The user's conversations, and one of them open. On a narrow window the list is behind a button. */
export function ChatView({ user, route, go, notices, drafts }) {
  const { place, start, again, keep } = usePlace(user.id, route, go);
  const conversations = useConversations(place.conversation);
  const [quota, setQuota] = useState();
  const [listed, setListed] = useState(false);
  const input = useRef();
  const narrow = useNarrow();
  const open = useOpen(conversations, place.conversation);
  const title = open?.title ?? (place.conversation ? "Conversation" : "New chat");
  useTitle(title);
  const close = () => setListed(false);
  const begin = () => {
    close();
    start();
  };
  const list = <Conversations list={conversations} current={place.conversation} start={begin} opened={close} />;
  return (
    <div className="chat">
      {!narrow && (
        <aside>
          <button className="skip" onClick={() => input.current?.focus()}>
            Skip to your message
          </button>
          {list}
        </aside>
      )}
      {narrow && listed && (
        <Dialog label="Conversations" className="drawer" close={close}>
          {list}
          <button onClick={close}>Close</button>
        </Dialog>
      )}
      <section aria-label="Chat">
        <Bar title={title} list={narrow ? () => setListed(true) : undefined} start={begin} />
        {notices}
        <Opened
          key={place.view}
          place={place}
          keep={keep}
          again={again}
          changed={conversations.refresh}
          quota={{ left: quota, note: setQuota }}
          input={input}
          drafts={drafts}
        />
      </section>
    </div>
  );
}
