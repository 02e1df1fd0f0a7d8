import { useEffect, useState } from "react";

/**
 * Which chat the page shows: its id as `useChat` has it, and its conversation once that is known. The address has the
 * conversation. The tab keeps the id over a reload, separately for each user.
 */
export function usePlace(userId, { conversation }, go) {
  const key = keyOf(userId);
  const [place, setPlace] = useState(() => placeOf(conversation, kept(key)));
  // The address was changed: by a link, or by the browser's history.
  if (place.conversation !== conversation) setPlace(placeOf(conversation, kept(key)));
  useEffect(() => {
    const { id, conversation } = place;
    if (place.isNew && !place.begun) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify({ id, conversation }));
  }, [place]);
  return {
    place,
    start() {
      setPlace(fresh());
      go({ view: "chat" });
    },
    /** Reads the same chat again from the table. */
    again: () => setPlace({ ...view(), id: place.id, conversation: place.conversation }),
    /** Keeps a chat that has begun, or the number that its conversation has got. */
    keep(number = place.conversation) {
      setPlace({ ...place, begun: true, conversation: number });
      if (number !== conversation) go({ view: "chat", conversation: number }, { replace: true });
    },
  };
}

/** The conversation that this tab showed last. */
export const lastConversation = (userId) => kept(keyOf(userId))?.conversation;

const keyOf = (userId) => `chat:${userId}`;

const kept = (key) => JSON.parse(sessionStorage.getItem(key)) ?? undefined;

const view = () => ({ view: crypto.randomUUID() });

/** A chat that the API does not know yet. */
const fresh = () => ({ ...view(), id: crypto.randomUUID(), isNew: true });

/** The chat of an address; what the tab kept is it if it is the same conversation. */
function placeOf(conversation, before) {
  if (before && before.conversation === conversation) return { ...view(), ...before };
  return conversation ? { ...view(), id: String(conversation), conversation } : fresh();
}
