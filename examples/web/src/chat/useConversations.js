import { useEffect, useState } from "react";
import { useAction } from "../forms/useAction.js";
import { listConversations } from "./api.js";

/** The user's latest conversations, read again whenever `current` is another. */
export function useConversations(current) {
  const [conversations, setConversations] = useState([]);
  const { run, problem } = useAction(async (_, options) => {
    const response = await listConversations(options);
    if (response.data) setConversations(response.data.conversations);
    return response;
  });
  useEffect(() => {
    run();
  }, [current]);
  return { conversations, problem };
}
