import { useState } from "react";

/** Where the links of mails come back to. */
export const HERE = `${window.location.origin}/`;

/** The same after an address was proven or changed. */
export const PROVEN = `${HERE}?proven=1`;

/** The same for a user whose account was made on the way. */
export const WELCOME = `${HERE}?welcome=1`;

/** The settings, after an account at a provider was linked. */
export const LINKED = `${HERE}?linked=1#/settings`;

/** What follows a link that did not sign in, and a provider that did not. */
export const BY_LINK = `${HERE}?by=link`;
export const BY_PROVIDER = `${HERE}?by=provider`;

const DONE = {
  proven: "Your e-mail address is confirmed.",
  linked: "The account is linked. You can sign in with it from now on.",
  welcome: "Welcome! Your account is made. Say in the settings what you know already, and replies will suit you.",
};

const OF_MAILS = {
  INVALID_TOKEN: "This link is not valid any more. It works once, for an hour. Ask for a new one.",
  TOKEN_EXPIRED: "This link is too old. It works for an hour. Ask for a new one.",
  USER_NOT_FOUND: "The account of this link is not there any more.",
  otherwise: "This link did not work. Ask for a new one.",
};

const OF_SIGN_IN_LINKS = {
  INVALID_TOKEN: "This link is not valid any more. It works once, for five minutes. Ask for a new one.",
  otherwise: "This link did not sign you in. Ask for a new one.",
};

const OF_PROVIDERS = {
  access_denied: "You cancelled at the provider. Nothing has changed.",
  account_already_linked_to_different_user: "This account at the provider belongs to another user here.",
  account_not_linked:
    "There is an account with this e-mail address already. Sign in as you did before, confirm the address, and link " +
    "the provider in the settings.",
  email_does_not_match:
    "The provider has another e-mail address of you. Only an account with the same address can be linked.",
  email_not_found: "The provider did not tell your e-mail address, and an account needs one.",
  email_not_verified: "Your e-mail address is not confirmed. Confirm it, then try again.",
  temporarily_unavailable: "The provider does not respond at the moment. Please try again.",
  unable_to_link_account:
    "This account cannot be linked: its address is not confirmed at the provider, or another account there is " +
    "linked already.",
  otherwise: "The provider did not sign you in. Please try again.",
};

/** Why there is no session or no change, by what led here. */
const ERRORS = { link: OF_SIGN_IN_LINKS, provider: OF_PROVIDERS };

/**
 * What a mail's link or a provider said when the page was opened.
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
  if (error) {
    const words = new Map(Object.entries(ERRORS[query.get("by")] ?? OF_MAILS));
    return { problem: words.get(error) ?? words.get("otherwise") };
  }
  const done = Object.keys(DONE).find((name) => query.has(name));
  return done ? { done: DONE[done] } : { token: query.get("token") ?? undefined };
}
