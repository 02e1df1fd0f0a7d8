import { useEffect } from "react";
import { readStored } from "./stored.js";

/**
 * Puts a reply that was joined while it ran after its question. The messages that were read before may end with another
 * message: that of an earlier turn, or the reply that is being replaced. Or there are none, if the conversation was not known.
 */
export function useJoined({ messages, setMessages }, conversation) {
  const reply = messages.at(-1)?.role === "assistant" ? messages.at(-1) : undefined;
  const question = reply?.metadata?.user_message_id;
  useEffect(() => {
    if (!question || follows(messages.at(-2), question)) return;
    readStored(conversation).then(
      (stored) =>
        setMessages((now) => [
          ...stored.slice(0, stored.findIndex(({ id }) => id === String(question)) + 1),
          now.at(-1),
        ]),
      // What came before can still be seen after the next reload.
      () => undefined,
    );
  }, [reply?.id, question]);
}

/** Whether a message is the question, as the table has it or as this page has just sent it. */
function follows(message, question) {
  if (message?.role !== "user") return false;
  return message.id === String(question) || !message.metadata?.stored;
}
