import { useEffect, useRef, useState } from "react";
import { inWords } from "../words.js";

/**
 * Runs one call of the API at a time and keeps what came of it.
 *
 * @param call `(values, options) => Promise<{data, error}>`; hands the options on to the client
 * @returns `run` (returns whether it went well), `pending`, `problem` (in words) and `done`
 */
export function useAction(call) {
  const [state, setState] = useState({});
  const focused = useRef();
  const run = async (values) => {
    focused.current = document.activeElement;
    setState({ pending: true });
    const problem = await problemOf(call, values);
    setState(problem ? { problem } : { done: true });
    return !problem;
  };
  useEffect(() => {
    // A button loses the focus while it is disabled.
    if (!state.pending && document.activeElement === document.body) focused.current?.focus({ preventScroll: true });
  }, [state]);
  return { run, ...state };
}

async function problemOf(call, values) {
  let wait;
  const onError = ({ response }) => {
    wait = Number(response.headers.get("x-retry-after"));
  };
  try {
    const { error } = await call(values, { onError });
    return error && inWords(error, wait);
  } catch (error) {
    return inWords(error);
  }
}
