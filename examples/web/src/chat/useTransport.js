import { DefaultChatTransport } from "ai";
import { useState } from "react";
import { CHAT } from "./api.js";

/**
 * How `useChat` talks to the API.
 *
 * @param note is told what the API says is left today
 */
export function useTransport(note) {
  const [transport] = useState(() => {
    const ask = async (...request) => {
      const response = await fetch(...request);
      const left = quotaOf(response.headers);
      if (left) note(left);
      return response;
    };
    return new DefaultChatTransport({
      api: CHAT,
      credentials: "include",
      fetch: ask,
      prepareSendMessagesRequest: ({ id, messages, trigger, messageId }) => ({
        body: {
          id,
          message: messages.at(-1),
          parent_id: messages.at(-2)?.id ?? null,
          trigger,
          messageId,
        },
      }),
    });
  });
  return transport;
}

/** Only a question's response has them, not that of a reply that is joined. */
function quotaOf(headers) {
  if (!headers.has("x-quota-messages-remaining")) return undefined;
  const read = (name) => Number(headers.get(`x-quota-${name}-remaining`));
  return { messages: read("messages"), tokens: read("tokens") };
}
