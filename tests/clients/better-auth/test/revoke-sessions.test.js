import assert from "node:assert/strict";
import { cookieClient } from "../support/client.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedIn, signedUp } from "../support/people.js";
import { test } from "node:test";

/** Three sessions of one person. */
async function three(open) {
  const clients = [open(), open(), open()];
  const who = await signedUp(clients[0]);
  await signedIn(clients[1], who);
  await signedIn(clients[2], who);
  return clients;
}

const done = { status: true };

inBothModes("one session is revoked by what the list shows of it", async (open) => {
  const [one, two, three_] = await three(open);
  const { id } = (await session(two)).session;
  const list = succeeded(await one.auth.listSessions());
  const { token } = list.find((listed) => listed.id === id);
  assert.deepEqual(succeeded(await one.auth.revokeSession({ token })), done);
  await signedOut(two);
  await session(one);
  await session(three_);
  const left = succeeded(await one.auth.listSessions()).map((listed) => listed.id);
  assert.equal(left.length, 2);
  assert.equal(left.includes(id), false);
});

inBothModes("one's own session is revoked by its token", async (open) => {
  const client = open();
  const { token } = await signedUp(client);
  assert.deepEqual(succeeded(await client.auth.revokeSession({ token })), done);
  await signedOut(client);
});

inBothModes("an unknown and a foreign session are left alone, without an error", async (open) => {
  const [ada, bob] = [open(), open()];
  await signedUp(ada);
  await signedUp(bob);
  const { token } = (await session(bob)).session;
  assert.deepEqual(succeeded(await ada.auth.revokeSession({ token })), done);
  assert.deepEqual(succeeded(await ada.auth.revokeSession({ token: "unknown" })), done);
  await session(bob);
  await session(ada);
});

inBothModes("the other sessions are revoked", async (open) => {
  const [one, two, three_] = await three(open);
  assert.deepEqual(succeeded(await one.auth.revokeOtherSessions()), done);
  await signedOut(two);
  await signedOut(three_);
  await session(one);
  assert.equal(succeeded(await one.auth.listSessions()).length, 1);
});

inBothModes("all sessions are revoked", async (open) => {
  const clients = await three(open);
  assert.deepEqual(succeeded(await clients[0].auth.revokeSessions()), done);
  for (const client of clients) await signedOut(client);
});

inBothModes("a revoked person can sign in again", async (open) => {
  const client = open();
  const who = await signedUp(client);
  succeeded(await client.auth.revokeSessions());
  await signedIn(client, who);
  assert.equal(succeeded(await client.auth.listSessions()).length, 1);
});

inBothModes("to revoke needs a session, and a token that is text", async (open) => {
  const client = open();
  failed(await client.auth.revokeSession({ token: "x" }), 401, "UNAUTHORIZED");
  failed(await client.auth.revokeSessions(), 401, "UNAUTHORIZED");
  failed(await client.auth.revokeOtherSessions(), 401, "UNAUTHORIZED");
  await signedUp(client);
  failed(await client.auth.revokeSession({ token: 1 }), 400, "VALIDATION_ERROR");
  failed(await client.auth.revokeSession({ other: "x" }), 400, "VALIDATION_ERROR");
});

test("to revoke all sessions, or one's own, empties the jar", async () => {
  const client = cookieClient();
  const who = await signedUp(client);
  succeeded(await client.auth.revokeSessions());
  assert.deepEqual(client.browser.jar.names(), []);
  await signedIn(client, who);
  const { token } = (await session(client)).session;
  succeeded(await client.auth.revokeSession({ token }));
  assert.deepEqual(client.browser.jar.names(), []);
});
