// verify-password and list-accounts.

import assert from "node:assert/strict";
import { inBothModes } from "../support/modes.js";
import { failed, isAbout, session, succeeded } from "../support/outcome.js";
import { signedUp } from "../support/people.js";

inBothModes("a password is verified", async (open) => {
  const client = open();
  const { password } = await signedUp(client);
  assert.deepEqual(succeeded(await client.auth.verifyPassword({ password })), { status: true });
  const wrong = await client.auth.verifyPassword({ password: "a wrong password" });
  failed(wrong, 400, "INVALID_PASSWORD", "Invalid password");
  await session(client);
});

inBothModes("to verify a password needs a session and a password", async (open) => {
  const client = open();
  failed(await client.auth.verifyPassword({ password: "some password" }), 401, "UNAUTHORIZED");
  await signedUp(client);
  failed(await client.auth.verifyPassword({ other: "x" }), 400, "VALIDATION_ERROR");
});

inBothModes("there is one account, with a password", async (open) => {
  const client = open();
  const { user } = await signedUp(client);
  const list = succeeded(await client.auth.listAccounts());
  assert.equal(list.length, 1);
  const { id, createdAt, updatedAt, ...rest } = list[0];
  assert.match(id, /^[A-Za-z0-9]{32}$/);
  isAbout(createdAt, Date.now());
  isAbout(updatedAt, Date.now());
  const { id: userId } = user;
  assert.deepEqual(rest, { accountId: userId, userId, providerId: "credential", scopes: [] });
});

inBothModes("accounts need a session", async (open) => {
  failed(await open().auth.listAccounts(), 401, "UNAUTHORIZED", "Unauthorized");
});
