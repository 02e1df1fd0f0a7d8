import { useEffect, useState } from "react";
import { readStored } from "./stored.js";

/** So long a question may stand without an answer while nothing runs, as when the page is loaded. */
const PATIENCE = 2000;

/**
 * Whether the last question has no answer, and none is on its way. An answer that was stored without being seen, as
 * between two requests or after a hang-up, is shown.
 */
export function useUnanswered({ messages, status, setMessages }, conversation) {
  const [unanswered, setUnanswered] = useState();
  const last = messages.at(-1);
  const waits = status === "ready" && last?.role === "user" && last.id;
  useEffect(() => {
    if (!waits) return;
    let stays = true;
    const look = async () => {
      const stored = await readStored(conversation).catch(() => []);
      if (!stays) return;
      if (stored.at(-1)?.role === "assistant") setMessages(stored);
      else setUnanswered(waits);
    };
    const timer = setTimeout(conversation ? look : () => setUnanswered(waits), PATIENCE);
    return () => {
      stays = false;
      clearTimeout(timer);
    };
  }, [waits, conversation]);
  return Boolean(waits) && unanswered === waits;
}
