import { useEffect, useState } from "react";
import { readConversation } from "../chat/api.js";

/** The conversation that is open. It may be on a page of the list that has not been read. */
export function useOpen({ rows, more }, current) {
  const [other, setOther] = useState();
  const listed = rows.find(({ id }) => id === current);
  const missing = current && more && !listed;
  useEffect(() => {
    if (missing) readConversation(current).then(({ data }) => setOther(data ?? undefined));
  }, [current, Boolean(missing)]);
  return listed ?? (other?.id === current ? other : undefined);
}
