import { useState } from "react";

/** Where the links of mails come back to. */
export const HERE = `${window.location.origin}/`;

/** The same after an address was proven or changed. */
export const PROVEN = `${HERE}?proven=1`;

const ERRORS = {
  INVALID_TOKEN: "This link is not valid any more. It works once, for an hour. Ask for a new one.",
  TOKEN_EXPIRED: "This link is too old. It works for an hour. Ask for a new one.",
  USER_NOT_FOUND: "The account of this link is not there any more.",
};

/**
 * What a mail's link said when the page was opened.
 *
 * @returns `token` of a new password, `problem` or `done` in words, `leave(text)`, which forgets the link and may leave
 *   a sentence, and `dismiss()`, which takes the sentence away
 */
export function useLink() {
  const [link, setLink] = useState(read);
  const leave = (done) => {
    window.history.replaceState(null, "", HERE);
    setLink({ done });
  };
  return { ...link, leave, dismiss: () => setLink({}) };
}

function read() {
  const query = new URLSearchParams(window.location.search);
  const error = query.get("error");
  if (error) return { problem: ERRORS[error] ?? "This link did not work. Ask for a new one." };
  if (query.has("proven")) return { done: "Your e-mail address is confirmed." };
  return { token: query.get("token") ?? undefined };
}
