import { useSyncExternalStore } from "react";

/** As in the style sheets: what stands side by side on a wider window does not fit. */
const narrow = window.matchMedia("(max-width: 52rem)");

function subscribe(changed) {
  narrow.addEventListener("change", changed);
  return () => narrow.removeEventListener("change", changed);
}

/** Whether the window is as narrow as a phone. */
export const useNarrow = () => useSyncExternalStore(subscribe, () => narrow.matches);
