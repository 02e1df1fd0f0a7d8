import { DefaultChatTransport } from "ai";
import { useState } from "react";
import { CHAT } from "./api.js";

/** How `useChat` talks to the API, and how many messages the API says are left today. */
export function useTransport() {
  const [left, setLeft] = useState();
  const [transport] = useState(() => {
    const ask = async (...request) => {
      const response = await fetch(...request);
      setLeft((known) => response.headers.get("x-quota-messages-remaining") ?? known);
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
  return { transport, left };
}
