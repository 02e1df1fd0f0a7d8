import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { isAbout, session, succeeded } from "../support/outcome.js";
import { person, signedUp } from "../support/people.js";
import { sessionCookie } from "../support/target.js";

const HOUR = 3_600_000;
const marker = sessionCookie.replace("session_token", "dont_remember");

/** Expects the session to end in this number of hours, and get-session not to extend it. */
async function ends(client, hours) {
  isAbout((await session(client)).session.expiresAt, Date.now() + hours * HOUR);
  isAbout((await session(client)).session.expiresAt, Date.now() + hours * HOUR);
}

/** The same for a session that is not remembered. */
async function endsInADay(client, context) {
  const week = () => ends(client, 168);
  const day = () => ends(client, 24);
  if (client.mode === "cookie") return day();
  await differs(context, "unremembered sessions", { tessera: day, betterAuth: week });
}

inBothModes("a remembered session lasts a week", async (open) => {
  const { email, password } = await signedUp(open());
  for (const rememberMe of [undefined, true]) {
    const client = open();
    succeeded(await client.auth.signIn.email({ email, password, rememberMe }));
    await ends(client, 168);
  }
});

inBothModes("a session that is not remembered lasts a day", async (open, context) => {
  const { email, password } = await signedUp(open());
  const client = open();
  succeeded(await client.auth.signIn.email({ email, password, rememberMe: false }));
  await endsInADay(client, context);
});

inBothModes("a sign-up can be forgotten as well", async (open, context) => {
  const client = open();
  succeeded(await client.auth.signUp.email(person({ rememberMe: false })));
  await endsInADay(client, context);
});

test("the cookies of a session that is not remembered end with the browser", async (context) => {
  const { email, password } = await signedUp(cookieClient());
  const { auth, browser } = cookieClient();
  succeeded(await auth.signIn.email({ email, password, rememberMe: false }));
  assert.deepEqual(browser.jar.names(), [marker, sessionCookie].sort());
  for (const name of [marker, sessionCookie]) {
    const { attributes } = browser.jar.get(name);
    assert.equal("max-age" in attributes || "expires" in attributes, false, name);
    assert.equal(attributes.path, "/");
    assert.equal("httponly" in attributes, true);
    assert.equal(attributes.samesite, "Lax");
  }
  await differs(context, "unsigned marker", {
    tessera: () => assert.equal(browser.jar.get(marker).value, "true"),
    betterAuth: () => assert.match(browser.jar.get(marker).value, /^true\..+%3D$/),
  });
});

test("cookies that are set again still end with the browser", async (context) => {
  const client = cookieClient();
  const { password } = await signedUp(client, { rememberMe: false });
  const endsWithBrowser = () => {
    assert.deepEqual(client.browser.jar.names(), [marker, sessionCookie].sort());
    assert.equal("max-age" in client.browser.jar.get(sessionCookie).attributes, false);
  };
  succeeded(await client.auth.updateUser({ name: "Grace" }));
  endsWithBrowser();
  const change = { currentPassword: password, newPassword: `${password}!` };
  succeeded(await client.auth.changePassword({ ...change, revokeOtherSessions: true }));
  endsWithBrowser();
  await differs(context, "unremembered sessions", {
    tessera: () => ends(client, 24),
    betterAuth: () => ends(client, 168),
  });
});

test("a remembered sign-in after one that was not sets a cookie that stays", async () => {
  const client = cookieClient();
  const { email, password } = await signedUp(client, { rememberMe: false });
  succeeded(await client.auth.signIn.email({ email, password }));
  assert.equal(client.browser.jar.get(sessionCookie).attributes["max-age"], "604800");
});
