import assert from "node:assert/strict";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { bearerClient } from "../support/client.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedIn, signedUp } from "../support/people.js";

inBothModes("all sessions are listed, with their dates", async (open) => {
  const [one, two] = [open(), open()];
  const who = await signedUp(one);
  await signedIn(two, who);
  const list = succeeded(await one.auth.listSessions());
  const own = [(await session(one)).session, (await session(two)).session];
  const byId = (a, b) => (a.id < b.id ? -1 : 1);
  const withoutToken = ({ token, ...rest }) => rest;
  assert.deepEqual(list.map(withoutToken).sort(byId), own.map(withoutToken).sort(byId));
  const listed = list.find(({ id }) => id === own[0].id);
  assert.equal(listed.token, own[0].token);
  for (const { createdAt, updatedAt, expiresAt } of list) {
    assert.ok([createdAt, updatedAt, expiresAt].every((date) => date instanceof Date));
  }
});

inBothModes("only one's own sessions are listed", async (open) => {
  const [ada, bob] = [open(), open()];
  await signedUp(ada);
  await signedUp(bob);
  const list = succeeded(await ada.auth.listSessions());
  assert.deepEqual(list.map(({ id }) => id), [(await session(ada)).session.id]);
});

inBothModes("what is listed does not sign in", async (open, context) => {
  const [one, two] = [open(), open()];
  const who = await signedUp(one);
  await signedIn(two, who);
  const list = succeeded(await one.auth.listSessions());
  const present = (await session(one)).session.id;
  for (const { token } of list.filter(({ id }) => id !== present)) {
    const thief = bearerClient(token);
    await differs(context, "session handles", {
      tessera: () => signedOut(thief),
      betterAuth: () => session(thief),
    });
  }
});

inBothModes("a list needs a session", async (open) => {
  failed(await open().auth.listSessions(), 401, "UNAUTHORIZED", "Unauthorized");
});
