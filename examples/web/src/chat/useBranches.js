import { useEffect, useRef, useState } from "react";
import { allMessages, choose } from "./api.js";
import { readStored, storedId } from "./stored.js";
import { newestBelow, siblings } from "./tree.js";

/** Other versions of the messages that are shown, and the way to them. */
export function useBranches({ messages, setMessages }, conversation, running) {
  const [rows, setRows] = useState([]);
  const [going, setGoing] = useState(false);
  const [said, setSaid] = useState("");
  // The button that was pressed goes away with its message; the one beside the new message is focused.
  const arrived = useRef();
  useEffect(() => {
    if (!conversation || running) return;
    let stays = true;
    allMessages(conversation).then(
      (all) => stays && setRows(all),
      // Without them, only the other versions can't be seen.
      () => undefined,
    );
    return () => {
      stays = false;
    };
  }, [conversation, running]);

  /** How many versions of a message there are, and which this is; nothing if it is the only one. */
  const versionsOf = (index) => {
    const id = storedId(messages, index);
    const all = siblings(rows, id);
    if (all.length < 2) return undefined;
    const at = all.findIndex((row) => row.id === id);
    const go = async (step) => {
      setGoing(true);
      try {
        const { id } = all[at + step];
        await choose(conversation, newestBelow(rows, id));
        const stored = await readStored(conversation);
        arrived.current = { id: String(id), step };
        setMessages(stored);
        setSaid(`Version ${at + step + 1} of ${all.length}.`);
      } catch {
        setSaid("The other version cannot be read at the moment.");
      }
      setGoing(false);
    };
    return { at, count: all.length, go, going, arrived };
  };
  return { versionsOf, said };
}
