// Better Auth itself, set up as the application that Tessera is a replacement for.

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { bearer, jwt } from "better-auth/plugins";

/** An instance over memory that trusts one more origin. */
export function reference({ baseURL, trustedOrigins, secret }) {
  const tables = { user: [], session: [], account: [], verification: [], jwks: [] };
  return betterAuth({
    baseURL,
    secret,
    trustedOrigins,
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    plugins: [bearer(), jwt()],
    user: {
      deleteUser: { enabled: true },
      additionalFields: {
        software_level: { type: "string", required: false },
        hardware_background: { type: "string", required: false },
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  });
}
