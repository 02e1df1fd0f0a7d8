import { useEffect } from "react";
import { isComplete, readStored } from "./stored.js";

/** Shows what is stored of a reply that was stopped for another question: perhaps more than had come. */
export function useCaughtUp({ messages, status, setMessages }, conversation) {
  const last = messages.at(-1);
  const isBehind = messages.some(
    (message) => message.role === "assistant" && message !== last && !isComplete(message),
  );
  const looks = status === "ready" && last?.role === "assistant" && isBehind && conversation;
  useEffect(() => {
    if (!looks) return;
    let stays = true;
    readStored(conversation).then(
      (stored) => stays && setMessages(stored),
      () => undefined,
    );
    return () => {
      stays = false;
    };
  }, [looks]);
}
