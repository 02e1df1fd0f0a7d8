// What the suite runs against.

const given = process.env.TESSERA_URL ?? "http://127.0.0.1:9000";

/** The origin of the server, without a slash at its end. */
export const url = new URL(given).origin;

/** The origin that the application is served from; the server must trust it. */
export const ownOrigin = process.env.TESSERA_ORIGIN ?? "http://localhost:5173";
