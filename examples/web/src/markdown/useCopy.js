import { useEffect, useState } from "react";

/** Milliseconds for which the outcome is shown. */
const SHOWN = 2000;

/** Copies a text, and says for a moment what came of it. */
export function useCopy() {
  const [state, setState] = useState();
  useEffect(() => {
    if (!state) return;
    const timer = setTimeout(() => setState(undefined), SHOWN);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      setState("Copied");
    } catch {
      // The browser forbids it, or the page has come over HTTP from another machine.
      setState("Not copied");
    }
  };
  return { state, copy };
}
