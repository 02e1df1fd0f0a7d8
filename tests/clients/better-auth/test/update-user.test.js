import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, succeeded, unknownPath } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { sessionCookie } from "../support/target.js";

const done = { status: true };

inBothModes("name and image change", async (open) => {
  const client = open();
  const { user } = await signedUp(client);
  const change = { name: "Grace", image: "https://example.com/grace.png" };
  assert.deepEqual(succeeded(await client.auth.updateUser(change)), done);
  const after = (await session(client)).user;
  const { updatedAt } = after;
  assert.deepEqual(after, { ...user, ...change, updatedAt });
  assert.ok(updatedAt >= user.updatedAt);
});

inBothModes("null clears the image", async (open) => {
  const client = open();
  await signedUp(client, { image: "https://example.com/ada.png" });
  assert.deepEqual(succeeded(await client.auth.updateUser({ image: null })), done);
  assert.equal((await session(client)).user.image, null);
});

inBothModes("null clears the name", async (open, context) => {
  const client = open();
  await signedUp(client);
  succeeded(await client.auth.updateUser({ name: null }));
  const { name } = (await session(client)).user;
  await differs(context, "name cleared", {
    tessera: () => assert.equal(name, ""),
    betterAuth: () => assert.equal(name, null),
  });
});

inBothModes("the address can't be changed here", async (open) => {
  const client = open();
  await signedUp(client);
  const outcome = await client.auth.updateUser({ email: "other@example.com", name: "x" });
  failed(outcome, 400, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated");
  assert.equal((await session(client)).user.name, "Ada");
});

inBothModes("what a caller may not change is nothing to change", async (open, context) => {
  const client = open();
  const { user } = await signedUp(client);
  for (const change of [{ emailVerified: true }, { nonsense: 1 }, { id: "mine" }]) {
    const outcome = await client.auth.updateUser(change);
    await differs(context, "no fields", {
      tessera: () => failed(outcome, 400, "NO_FIELDS_TO_UPDATE", "No fields to update"),
      betterAuth: () => failed(outcome, 400, undefined, "No fields to update"),
    });
  }
  assert.deepEqual((await session(client)).user, user);
});

inBothModes("a name is text", async (open, context) => {
  const client = open();
  await signedUp(client);
  const outcome = await client.auth.updateUser({ name: 123 });
  await differs(context, "typed fields", {
    tessera: () => failed(outcome, 400, "VALIDATION_ERROR"),
    betterAuth: () => succeeded(outcome),
  });
});

inBothModes("an update needs a session", async (open) => {
  failed(await open().auth.updateUser({ name: "x" }), 401, "UNAUTHORIZED", "Unauthorized");
});

inBothModes("an update of nothing is a GET, which has no route", async (open, context) => {
  const client = open();
  await signedUp(client);
  const { data, error } = await client.auth.updateUser({});
  assert.equal(data, null);
  await unknownPath(context, error);
});

test("an update sets the cookie again", async (context) => {
  const client = cookieClient();
  await signedUp(client);
  succeeded(await client.auth.updateUser({ name: "Grace" }));
  const set = client.browser.last.headers.getSetCookie();
  assert.ok(set.some((line) => line.startsWith(`${sessionCookie}=`)), set.join());
  await differs(context, "token of a cookie", {
    tessera: () => assert.equal(client.browser.header("set-auth-token"), undefined),
    betterAuth: () => assert.ok(client.browser.header("set-auth-token")),
  });
  await session(client);
});
