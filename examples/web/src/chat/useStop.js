import { useEffect, useState } from "react";
import { stopReply } from "./api.js";

/** Maximum milliseconds to wait for the end after a stop; the API checks once a second whether to stop. */
const PATIENCE = 4000;

/**
 * Ends the running reply: asks the API to stop, which ends the stream with just what is stored, and hangs up if that
 * takes long, or if nothing has come that could be kept.
 */
export function useStop({ id, status, stop: hangUp }, running) {
  const [stopping, setStopping] = useState(false);
  useEffect(() => {
    if (!stopping || running) return setStopping(false);
    const timer = setTimeout(hangUp, PATIENCE);
    return () => clearTimeout(timer);
  }, [stopping, running]);
  const stop = async () => {
    setStopping(true);
    const { error } = await stopReply(id).catch((error) => ({ error }));
    if (error || status === "submitted") hangUp();
  };
  return { stop, stopping };
}
