import { useEffect, useState } from "react";
import { useAction } from "../forms/useAction.js";
import { listConversations } from "./api.js";

/** The user's latest conversations, read again whenever `current` is another. */
export function useConversations(current) {
  const [conversations, setConversations] = useState([]);
  const { run, problem } = useAction(async (_, options) => {
    const answer = await listConversations(options);
    if (answer.data) setConversations(answer.data.conversations);
    return answer;
  });
  useEffect(() => {
    run();
  }, [current]);
  return { conversations, problem };
}
