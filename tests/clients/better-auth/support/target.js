// Where the suite runs, and against what.

const given = process.env.TESSERA_URL ?? "http://127.0.0.1:9000";

/** The origin of the server, without a slash at its end. */
export const url = new URL(given).origin;

/** The origin that the application is served from; the server must trust it. */
export const ownOrigin = process.env.TESSERA_ORIGIN ?? "http://localhost:5173";

/** True when the server is Better Auth itself (`npm run reference`). */
export const isBetterAuth = process.env.SUITE_TARGET === "better-auth";

/** The name of the session cookie here: it has a prefix on https. */
export const sessionCookie = `${url.startsWith("https:") ? "__Secure-" : ""}better-auth.session_token`;
