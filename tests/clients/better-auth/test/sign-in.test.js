import assert from "node:assert/strict";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { person, signedIn, signedUp } from "../support/people.js";

inBothModes("a sign-in responds with the user and signs in", async (open) => {
  const who = await signedUp(open());
  const client = open();
  const data = await signedIn(client, who);
  assert.equal(client.browser.last.status, 200);
  const { token, ...rest } = data;
  assert.equal(typeof token, "string");
  assert.notEqual(token, who.token);
  assert.deepEqual(rest, { redirect: false, user: who.user });
  assert.deepEqual((await session(client)).user, who.user);
});

inBothModes("an address signs in in any case", async (open) => {
  const { email, password } = await signedUp(open());
  await signedIn(open(), { email: email.toUpperCase(), password });
});

inBothModes("a wrong password and an unknown address are refused alike", async (open) => {
  const { email, password } = await signedUp(open());
  const client = open();
  const errors = [];
  for (const wrong of [
    { email, password: `${password}!` },
    { email, password: "short" },
    { email: person().email, password },
  ]) {
    const outcome = await client.auth.signIn.email(wrong);
    const code = "INVALID_EMAIL_OR_PASSWORD";
    // Of problem details, `instance` alone is another each time.
    const { instance, ...error } = failed(outcome, 401, code, "Invalid email or password");
    errors.push(error);
    await signedOut(client);
  }
  assert.deepEqual(errors[1], errors[0]);
  assert.deepEqual(errors[2], errors[0]);
  await signedIn(client, { email, password });
});

inBothModes("an address must be one to sign in", async (open) => {
  const { auth } = open();
  const outcome = await auth.signIn.email({ email: "ada", password: person().password });
  failed(outcome, 400, "INVALID_EMAIL", "Invalid email");
});

inBothModes("a password that is too long is a problem of its own", async (open) => {
  const { email } = await signedUp(open());
  const outcome = await open().auth.signIn.email({ email, password: "a long one ".repeat(12) });
  failed(outcome, 400, "PASSWORD_TOO_LONG", "Password too long");
});

inBothModes("address and password are needed to sign in", async (open) => {
  const { auth } = open();
  const { email, password } = person();
  failed(await auth.signIn.email({ email }), 400, "VALIDATION_ERROR");
  failed(await auth.signIn.email({ password }), 400, "VALIDATION_ERROR");
});

inBothModes("two sign-ins are two sessions", async (open) => {
  const who = await signedUp(open());
  const [one, other] = [open(), open()];
  await signedIn(one, who);
  await signedIn(other, who);
  const ids = [(await session(one)).session.id, (await session(other)).session.id];
  assert.notEqual(ids[0], ids[1]);
  succeeded(await one.auth.signOut());
  await session(other);
});
