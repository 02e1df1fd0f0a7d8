import { Panel } from "../layout/Panel.jsx";
import { Earlier } from "./Earlier.jsx";
import { Opened } from "./Opened.jsx";
import { usePlace } from "./usePlace.js";

/** The user's chats, one of them open. */
export function ChatPanel({ user }) {
  const { place, start, open, again, keep } = usePlace(user.id);
  return (
    <Panel
      title="Chat"
      aside={
        <button className="link" onClick={start}>
          New chat
        </button>
      }
    >
      <Earlier current={place.conversation} open={open} start={start} />
      <Opened key={place.view} place={place} keep={keep} again={again} />
    </Panel>
  );
}
