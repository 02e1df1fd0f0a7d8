import { useEffect, useState } from "react";
import { readStored } from "./stored.js";

/** Maximum milliseconds that a question stays without a reply while nothing runs, as when the page is loaded. */
const PATIENCE = 2000;

/**
 * Whether the last question has no reply, and none is on its way. A reply that was stored without being seen, as
 * between two requests or after a hang-up, is shown.
 */
export function useMissingReply({ messages, status, setMessages }, conversation) {
  const [missing, setMissing] = useState();
  const last = messages.at(-1);
  const waits = status === "ready" && last?.role === "user" && last.id;
  useEffect(() => {
    if (!waits) return;
    let stays = true;
    const look = async () => {
      const stored = await readStored(conversation).catch(() => []);
      if (!stays) return;
      if (stored.at(-1)?.role === "assistant") setMessages(stored);
      else setMissing(waits);
    };
    const timer = setTimeout(conversation ? look : () => setMissing(waits), PATIENCE);
    return () => {
      stays = false;
      clearTimeout(timer);
    };
  }, [waits, conversation]);
  return Boolean(waits) && missing === waits;
}
