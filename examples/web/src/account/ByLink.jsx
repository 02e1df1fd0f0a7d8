import { Another } from "./Another.jsx";
import { askForLink } from "./byMail.js";

/** What to do with a mailed link. */
export function ByLink({ email }) {
  return (
    <>
      <p role="status">
        A mail with a link is on its way to <strong>{email}</strong>.
      </p>
      <p className="lead">
        Open the link, and press the button on its page: then you are signed in. The link works once, for five minutes.
        If there is no account with this address yet, you get one.
      </p>
      <Another ask={askForLink} email={email} submit="Send another link" done="Another link is on its way." />
    </>
  );
}
