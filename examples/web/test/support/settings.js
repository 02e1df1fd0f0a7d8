/** The page's origin; cookies of the API reach it only if both are on the same host. */
export const PAGE = new URL(process.env.TESSERA_ORIGIN ?? "http://localhost:5173");

/** The API, named by the page's host: 127.0.0.1 and localhost are two sites to a browser. */
export const API = new URL(process.env.TESSERA_URL ?? "http://localhost:9000");
if (API.hostname === "127.0.0.1") API.hostname = PAGE.hostname;

/** The browser's program. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
