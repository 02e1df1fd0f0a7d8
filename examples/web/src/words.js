const WORDS = {
  ASSISTANT_UNAVAILABLE: "The assistant does not reply at the moment. Your question is kept.",
  CHANGE_EMAIL_DISABLED: "The address cannot be changed here: no mail can be sent.",
  CONVERSATION_NOT_FOUND: "This conversation is not there any more.",
  EMAIL_NOT_VERIFIED:
    "Please confirm your e-mail address first. A mail with a link is on its way.",
  FAILED_TO_UNLINK_LAST_ACCOUNT:
    "This is your last way to sign in. Set a password or link another account before you unlink it.",
  INVALID_EMAIL_OR_PASSWORD: "The e-mail address or the password is wrong.",
  INVALID_OTP: "This code is wrong. Take the one of the latest mail.",
  INVALID_PASSWORD: "The current password is wrong.",
  INVALID_TOKEN: "This link is not valid any more. It works once, for an hour. Ask for a new one.",
  JOIN_ENDED: "The reply says nothing at the moment. Please join it again.",
  MESSAGE_NOT_FOUND: "This chat has changed elsewhere.",
  OTP_EXPIRED: "This code is too old: it works for five minutes. Ask for another.",
  PASSWORD_COMPROMISED: "This password is one of the commonest. Please choose another.",
  PASSWORD_TOO_LONG: "A password may have 128 characters at most.",
  PASSWORD_TOO_SHORT: "A password needs at least 8 characters.",
  PROVIDER_NOT_FOUND: "This provider is not set up here.",
  QUOTA_EXCEEDED: "Today's messages are used up. New ones come at midnight UTC.",
  RESET_PASSWORD_DISABLED: "The password cannot be reset here: no mail can be sent.",
  SESSION_NOT_FRESH: "You signed in more than a day ago. For this, please sign out and in again.",
  STACK_QUOTA_EXCEEDED: "Nobody can ask more today. It begins again at midnight UTC.",
  TOO_MANY_ATTEMPTS: "Those were too many wrong codes, so the right one is not valid any more. Ask for another.",
  TURN_IN_PROGRESS: "Another message of this chat is waiting for its reply. Please wait until it has come.",
  TURN_INTERRUPTED: "The reply was interrupted. Your question is kept.",
  UNAUTHORIZED: "This device has been signed out.",
  UNVERIFIED_QUOTA_EXCEEDED: "Verify your address to ask more today.",
  VERIFICATION_EMAIL_NOT_ENABLED: "No mail can be sent from here.",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL:
    "There is already an account with this e-mail address. Sign in, or use another one.",
};

/**
 * Says what went wrong, for the person in front of the page.
 *
 * @param error what the client gave: `{code, message, status, statusText}`, or what fetch threw
 * @param wait seconds after which to try again, if the response named them
 */
export function inWords(error, wait) {
  if (!error.status) return "The server cannot be reached. Please try again.";
  if (WORDS[error.code]) return WORDS[error.code];
  if (error.status === 429) return `Too many attempts. ${again(wait)}`;
  const message = error.message || error.statusText || `The server responded with ${error.status}.`;
  return message.replace(/\[body\.(\w+)\] /g, (_, field) => named(field));
}

/** `hardware_background` → `Hardware background: `. */
function named(field) {
  const words = field.replaceAll("_", " ");
  return `${words[0].toUpperCase()}${words.slice(1)}: `;
}

function again(wait) {
  if (!(wait > 0)) return "Please try again later.";
  if (wait < 120) return `Please try again in ${wait} seconds.`;
  return `Please try again in ${Math.ceil(wait / 60)} minutes.`;
}
