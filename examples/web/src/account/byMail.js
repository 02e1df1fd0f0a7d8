import { auth } from "../auth.js";
import { BY_LINK, HERE, WELCOME } from "./link.js";

/** Asks for a mail with a link that signs in. Whoever has no account gets one by using it. */
export const askForLink = ({ email }, options) =>
  auth.signIn.magicLink(
    { email, callbackURL: HERE, newUserCallbackURL: WELCOME, errorCallbackURL: BY_LINK },
    options,
  );

/** The same with a code instead of a link. */
export const askForCode = ({ email }, options) =>
  auth.emailOtp.sendVerificationOtp({ email, type: "sign-in" }, options);

/** Signs in by the code, which may have been copied with spaces. */
export const signInByCode = ({ email, code }, options) =>
  auth.signIn.emailOtp({ email, otp: code.replace(/\s/g, "") }, options);
