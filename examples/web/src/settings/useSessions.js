import { useEffect, useState } from "react";
import { auth } from "../auth.js";
import { useAction } from "../forms/useAction.js";

/** The user's sessions, this device's first, then the newest, and a function that reads them again. */
export function useSessions(current) {
  const [sessions, setSessions] = useState([]);
  const { run, problem } = useAction(async (_, options) => {
    const response = await auth.listSessions({}, options);
    if (response.data) setSessions(response.data.toSorted(inOrder(current)));
    return response;
  });
  const load = () => run();
  useEffect(() => {
    load();
    // Another session, as after a change of the password, is another list.
  }, [current]);
  return { sessions, problem, load };
}

const inOrder = (current) => (a, b) =>
  (b.id === current) - (a.id === current) || b.createdAt - a.createdAt;
