import { useEffect } from "react";

/** Names the view in the browser's tab and history. */
export function useTitle(title) {
  useEffect(() => {
    document.title = title ? `${title} · Tessera` : "Tessera";
  }, [title]);
}
