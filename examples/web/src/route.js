import { useEffect, useState } from "react";

/** The address of a view: `#/chat` for a new chat, `#/chat/7`, or `#/settings`. */
export function hashOf({ view, conversation }) {
  return view === "chat" && conversation ? `#/chat/${conversation}` : `#/${view}`;
}

/** The view of an address; nothing if it is none. */
export function routeOf(hash) {
  const [, view, number] = hash.match(/^#\/(chat|settings)(?:\/([1-9]\d{0,8}))?$/) ?? [];
  if (!view) return undefined;
  return { view, conversation: view === "chat" && number ? Number(number) : undefined };
}

/** Takes the view out of the address, so that who signs in next begins with the chat. */
export function forgetRoute() {
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}

/**
 * The view in the address, which the browser's history and a reload keep.
 *
 * @param fallback the view of an address that names none
 * @returns the `route`, and `go(route, {replace})`, which changes it together with other state of the page
 */
export function useRoute(fallback) {
  const [route, setRoute] = useState(() => routeOf(window.location.hash) ?? fallback());
  const go = (next, { replace } = {}) => {
    const address = window.location.pathname + hashOf(next);
    const isSame = window.location.hash === hashOf(next);
    window.history[replace || isSame ? "replaceState" : "pushState"](null, "", address);
    setRoute(next);
  };
  useEffect(() => {
    // It also takes away what the link of a mail said, so that a reload does not say it again.
    go(route, { replace: true });
    const follow = () => setRoute(routeOf(window.location.hash) ?? fallback());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return { route, go };
}
