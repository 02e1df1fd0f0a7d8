// Better Auth itself, set up as the application that Tessera is a replacement for.

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { bearer, emailOTP, genericOAuth, jwt, magicLink } from "better-auth/plugins";

/** An instance over memory that trusts one more origin. */
export function reference({ baseURL, trustedOrigins, secret, outbox, provider }) {
  const mail = (type) => async ({ user, url, token }) => outbox.push({ type, to: user.email, url, token });
  const sendCode = async ({ email, otp }) => outbox.push({ type: "code", to: email, code: otp });
  const sendLink = async ({ email, url, token }) => outbox.push({ type: "magic-link", to: email, url, token });
  const tables = { user: [], session: [], account: [], verification: [], jwks: [] };
  return betterAuth({
    baseURL,
    secret,
    trustedOrigins,
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true, sendResetPassword: mail("reset-password") },
    emailVerification: {
      // A change of the address mails the new one by this, too, with the user as it is to be.
      sendVerificationEmail: mail("verify-email"),
    },
    plugins: [
      bearer(),
      jwt(),
      magicLink({ sendMagicLink: sendLink }),
      emailOTP({ sendVerificationOTP: sendCode }),
      genericOAuth({ config: [provider] }),
    ],
    user: {
      deleteUser: { enabled: true },
      changeEmail: { enabled: true },
      additionalFields: {
        software_level: { type: "string", required: false },
        hardware_background: { type: "string", required: false },
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  });
}
