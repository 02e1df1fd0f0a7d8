import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieClient } from "../support/client.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedIn, signedUp } from "../support/people.js";
import { parseSetCookie } from "../support/jar.js";

inBothModes("a sign-out ends the session, and succeeds twice", async (open) => {
  const client = open();
  await signedUp(client);
  assert.deepEqual(succeeded(await client.auth.signOut()), { success: true });
  await signedOut(client);
  failed(await client.auth.listSessions(), 401, "UNAUTHORIZED", "Unauthorized");
  assert.deepEqual(succeeded(await client.auth.signOut()), { success: true });
});

inBothModes("a sign-out without a session succeeds", async (open) => {
  assert.deepEqual(succeeded(await open().auth.signOut()), { success: true });
});

inBothModes("a sign-out leaves other sessions alone", async (open) => {
  const [client, other] = [open(), open()];
  const who = await signedUp(client);
  await signedIn(other, who);
  succeeded(await client.auth.signOut());
  await session(other);
});

test("a sign-out empties the jar", async () => {
  const client = cookieClient();
  await signedUp(client, { rememberMe: false });
  succeeded(await client.auth.signOut());
  assert.deepEqual(client.browser.jar.names(), []);
  const cleared = client.browser.last.headers.getSetCookie().map(parseSetCookie);
  assert.equal(cleared.length, 3);
  for (const { name, value, attributes } of cleared) {
    assert.match(name, /better-auth\.(session_token|session_data|dont_remember)$/);
    assert.deepEqual([value, attributes["max-age"], attributes.path], ["", "0", "/"]);
  }
});

test("a cookie that was kept elsewhere is worth nothing after a sign-out", async () => {
  const client = cookieClient();
  await signedUp(client);
  const thief = cookieClient();
  thief.browser.jar = client.browser.jar.copy();
  await session(thief);
  succeeded(await client.auth.signOut());
  await signedOut(thief);
  assert.deepEqual(thief.browser.jar.names(), []);
});
