import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedIn, signedUp } from "../support/people.js";

const newPassword = "another horse battery staple";

inBothModes("a changed password signs in, the old one no longer", async (open) => {
  const client = open();
  const { email, password, user } = await signedUp(client);
  const change = { currentPassword: password, newPassword };
  const { token, user: after } = succeeded(await client.auth.changePassword(change));
  assert.equal(token, null);
  assert.deepEqual({ ...after, updatedAt: user.updatedAt }, user);
  await session(client);
  const old = await open().auth.signIn.email({ email, password });
  failed(old, 401, "INVALID_EMAIL_OR_PASSWORD");
  await signedIn(open(), { email, password: newPassword });
});

inBothModes("a changed password ends the other sessions", async (open, context) => {
  const [client, other] = [open(), open()];
  const who = await signedUp(client);
  await signedIn(other, who);
  const { id } = (await session(client)).session;
  const change = { currentPassword: who.password, newPassword };
  succeeded(await client.auth.changePassword(change));
  assert.equal((await session(client)).session.id, id);
  await differs(context, "password change", {
    tessera: () => signedOut(other),
    betterAuth: () => session(other),
  });
});

inBothModes("with revokeOtherSessions, this session is a new one too", async (open) => {
  const [client, other] = [open(), open()];
  const who = await signedUp(client);
  await signedIn(other, who);
  const { id } = (await session(client)).session;
  const change = { currentPassword: who.password, newPassword, revokeOtherSessions: true };
  const { token, user } = succeeded(await client.auth.changePassword(change));
  assert.equal(typeof token, "string");
  assert.notEqual(token, who.token);
  assert.equal(user.id, who.user.id);
  assert.ok(client.browser.header("set-auth-token"));
  assert.notEqual((await session(client)).session.id, id);
  assert.equal(succeeded(await client.auth.listSessions()).length, 1);
  await signedOut(other);
});

inBothModes("a wrong current password changes nothing", async (open) => {
  const client = open();
  const who = await signedUp(client);
  const change = { currentPassword: "a wrong password", newPassword };
  failed(await client.auth.changePassword(change), 400, "INVALID_PASSWORD", "Invalid password");
  await session(client);
  await signedIn(open(), who);
});

inBothModes("a new password has the length that a first one has", async (open) => {
  const client = open();
  const { password: currentPassword } = await signedUp(client);
  const change = (next) => client.auth.changePassword({ currentPassword, newPassword: next });
  failed(await change("7 chars"), 400, "PASSWORD_TOO_SHORT", "Password too short");
  failed(await change("a long one ".repeat(12)), 400, "PASSWORD_TOO_LONG", "Password too long");
});

inBothModes("a common new password is refused", async (open, context) => {
  const client = open();
  const { password: currentPassword } = await signedUp(client);
  const outcome = await client.auth.changePassword({ currentPassword, newPassword: "password123" });
  await differs(context, "common passwords", {
    tessera: () => failed(outcome, 400, "PASSWORD_COMPROMISED"),
    betterAuth: () => succeeded(outcome),
  });
});

inBothModes("a change needs a session and both passwords", async (open) => {
  const client = open();
  const change = { currentPassword: "some password", newPassword };
  failed(await client.auth.changePassword(change), 401, "UNAUTHORIZED");
  await signedUp(client);
  failed(await client.auth.changePassword({ newPassword }), 400, "VALIDATION_ERROR");
});

test("a tab that kept the old cookie is signed out by revokeOtherSessions", async () => {
  const [client, tab] = [cookieClient(), cookieClient()];
  const { password: currentPassword } = await signedUp(client);
  tab.browser.jar = client.browser.jar.copy();
  const change = { currentPassword, newPassword, revokeOtherSessions: true };
  succeeded(await client.auth.changePassword(change));
  await signedOut(tab);
  await session(client);
});
