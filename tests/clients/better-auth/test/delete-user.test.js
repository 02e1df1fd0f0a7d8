// delete-user and update-session.

import assert from "node:assert/strict";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedIn, signedUp } from "../support/people.js";

const done = { success: true, message: "User deleted" };

inBothModes("a user who gives the password is deleted, on every device", async (open) => {
  const [client, phone] = [open(), open()];
  const who = await signedUp(client);
  await signedIn(phone, who);
  assert.deepEqual(succeeded(await client.auth.deleteUser({ password: who.password })), done);
  await signedOut(client);
  await signedOut(phone);
  const gone = await open().auth.signIn.email(who);
  failed(gone, 401, "INVALID_EMAIL_OR_PASSWORD");
});

inBothModes("a session of today is enough to delete its user", async (open) => {
  const client = open();
  await signedUp(client);
  assert.deepEqual(succeeded(await client.auth.deleteUser()), done);
  await signedOut(client);
});

inBothModes("the address of a deleted user is free", async (open) => {
  const client = open();
  const { name, email, password, user } = await signedUp(client);
  succeeded(await client.auth.deleteUser({ password }));
  const again = succeeded(await open().auth.signUp.email({ name, email, password }));
  assert.notEqual(again.user.id, user.id);
});

inBothModes("a wrong password deletes nobody", async (open) => {
  const client = open();
  const who = await signedUp(client);
  const wrong = await client.auth.deleteUser({ password: "a wrong password" });
  failed(wrong, 400, "INVALID_PASSWORD", "Invalid password");
  await session(client);
  await signedIn(open(), who);
});

inBothModes("a token that no mail has sent deletes nobody", async (open) => {
  const client = open();
  await signedUp(client);
  failed(await client.auth.deleteUser({ token: "x".repeat(32) }), 404, "INVALID_TOKEN");
  await session(client);
});

inBothModes("nobody is deleted without a session", async (open) => {
  failed(await open().auth.deleteUser({ password: "some password" }), 401, "UNAUTHORIZED");
});

inBothModes("a session has no fields to update", async (open, context) => {
  const client = open();
  failed(await client.auth.updateSession({ theme: "dark" }), 401, "UNAUTHORIZED");
  await signedUp(client);
  const { error } = await client.auth.updateSession({ theme: "dark" });
  assert.equal(error.status, 400);
  assert.equal(error.message, "No fields to update");
  await differs(context, "no fields", {
    tessera: () => assert.equal(error.code, "NO_FIELDS_TO_UPDATE"),
    betterAuth: () => assert.equal(error.code, undefined),
  });
  await session(client);
});
