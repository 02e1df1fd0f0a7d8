// What the client returns: `{ data, error }`.

import assert from "node:assert/strict";
import { differs } from "./differences.js";

/** Expects success, and gives the data. */
export function succeeded({ data, error }) {
  assert.equal(error, null, `failed with ${JSON.stringify(error)}`);
  return data;
}

/** Expects a failure with this status and code, and perhaps message; gives the error. */
export function failed({ data, error }, status, code, message) {
  assert.equal(data, null);
  assert.notEqual(error, null, "succeeded");
  assert.deepEqual({ status: error.status, code: error.code }, { status, code });
  if (message !== undefined) assert.equal(error.message, message);
  return error;
}

/** Expects that nobody is signed in. */
export async function signedOut(client) {
  assert.equal(succeeded(await client.auth.getSession()), null);
}

/** Expects a session, and gives it with its user. */
export async function session(client) {
  const data = succeeded(await client.auth.getSession());
  assert.notEqual(data, null, "nobody is signed in");
  return data;
}

/** Expects that a date is within a minute of another. */
export function isAbout(date, milliseconds) {
  assert.ok(date instanceof Date, `${date} is no Date`);
  const off = Math.abs(date.getTime() - milliseconds);
  assert.ok(off < 60_000, `${date.toISOString()} is ${off} ms off`);
}

/** Expects the error of a path that the server does not have. */
export async function unknownPath(context, error) {
  const bare = { status: 404, statusText: "Not Found" };
  await differs(context, "unknown paths", {
    tessera: () => assert.deepEqual(error, { ...bare, message: "Not Found" }),
    betterAuth: () => assert.deepEqual(error, bare),
  });
}
