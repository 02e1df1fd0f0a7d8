// The stand-in for GitHub of `cargo xtask test`: where it is, and its API as another program calls it.

import assert from "node:assert/strict";
import { isBetterAuth } from "./target.js";

/**
 * Its origin, in place of https://github.com and https://api.github.com; undefined if there is none. Better Auth has
 * no setting for it.
 */
export const site = (!isBetterAuth && process.env.GITHUB_URL) || undefined;

/** What the API says to whoever has this access token. GitHub refuses programs that do not say who they are. */
export async function asked(path, accessToken) {
  const headers = { authorization: `Bearer ${accessToken}`, "user-agent": "tessera-client-suite" };
  const response = await fetch(site + path, { headers });
  assert.equal(response.status, 200, path);
  return response.json();
}
