import { useEffect, useState } from "react";
import { inWords } from "../words.js";
import { readStored } from "./stored.js";

/** What is stored of a chat when it is opened: `messages` (undefined until read) or a `problem`. */
export function useStored({ conversation }) {
  const [state, setState] = useState(conversation ? {} : { messages: [] });
  useEffect(() => {
    if (!conversation) return;
    readStored(conversation).then(
      (messages) => setState({ messages }),
      (error) => setState({ problem: inWords(error) }),
    );
    // The number of a conversation that is begun here comes later; there is nothing to read for it.
  }, []);
  return state;
}
