import { useState } from "react";

/**
 * Which chat the page shows: its id as `useChat` has it, and its conversation once that is known. The tab keeps it
 * over a reload, separately for each user.
 */
export function usePlace(userId) {
  const key = `chat:${userId}`;
  const [place, setPlace] = useState(() => kept(key) ?? fresh());
  const go = (next) => {
    sessionStorage.setItem(key, JSON.stringify({ id: next.id, conversation: next.conversation }));
    setPlace(next);
  };
  return {
    place,
    start() {
      sessionStorage.removeItem(key);
      setPlace(fresh());
    },
    open: (conversation) => go({ ...view(), id: String(conversation), conversation }),
    /** Reads the same chat again from the table. */
    again: () => go({ ...view(), id: place.id, conversation: place.conversation }),
    /** Keeps a chat that has begun, or the number that its conversation has got. */
    keep: (conversation) => go({ ...place, conversation: conversation ?? place.conversation }),
  };
}

const view = () => ({ view: crypto.randomUUID() });

/** A chat that the API does not know yet. */
const fresh = () => ({ ...view(), id: crypto.randomUUID(), isNew: true });

function kept(key) {
  const place = JSON.parse(sessionStorage.getItem(key));
  return place && { ...view(), ...place };
}
