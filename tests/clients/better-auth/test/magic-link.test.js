import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { mailTo, open, scan } from "../support/mails.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { person, signedIn, signedUp, verified } from "../support/people.js";
import { ownOrigin } from "../support/target.js";
import { pressed } from "../support/visitor.js";

const [callbackURL, newUserCallbackURL, errorCallbackURL] = ["/dash", "/welcome", "/sign-in?by=link"].map(
  (path) => ownOrigin + path,
);
const pages = { callbackURL, newUserCallbackURL, errorCallbackURL };

/** The mail with this number that was sent to an address, and the token of its link. */
async function linkTo(email, number = 1) {
  const { url } = await mailTo(email, number);
  return { url, token: new URL(url).searchParams.get("token") };
}

/** Asks for a link, and gives it. */
async function asked(client, more) {
  assert.deepEqual(succeeded(await client.auth.signIn.magicLink(more)), { status: true });
  return linkTo(more.email);
}

inBothModes("a new address signs in by a link", async (openClient, context) => {
  const client = openClient();
  const { name, email } = person();
  const { url, token } = await asked(client, { name, email });
  await differs(context, "links that are opened", { tessera: () => scan(url) });
  const begun = succeeded(await client.auth.magicLink.verify({ query: { token } }));
  assert.deepEqual(Object.keys(begun).sort(), ["session", "token", "user"]);
  const { user } = await session(client);
  assert.deepEqual(begun.user, user);
  assert.deepEqual([user.email, user.name, user.emailVerified], [email, name, true]);
  assert.equal(begun.session.userId, user.id);
});

inBothModes("a link works once, and a used one leads to the page of errors", async (openClient) => {
  const client = openClient();
  const { token } = await asked(client, { email: person().email });
  succeeded(await client.auth.magicLink.verify({ query: { token } }));
  const other = openClient();
  for (const used of [token, "unknown"]) {
    const query = { token: used, callbackURL, errorCallbackURL };
    const again = await other.auth.magicLink.verify({ query }, { redirect: "manual" });
    assert.equal(again.error.status, 302);
    assert.equal(other.browser.header("location"), `${errorCallbackURL}&error=INVALID_TOKEN`);
  }
  await signedOut(other);
});

inBothModes("a link signs a known user in, and the password stays", async (openClient) => {
  const first = openClient();
  const who = await verified(first, await signedUp(first));
  const client = openClient();
  assert.deepEqual(succeeded(await client.auth.signIn.magicLink({ email: who.email })), { status: true });
  const { token } = await linkTo(who.email, 2);
  const begun = succeeded(await client.auth.magicLink.verify({ query: { token } }));
  assert.equal(begun.user.id, who.user.id);
  assert.equal((await session(client)).user.name, who.name);
  await session(first);
  await signedIn(openClient(), who);
});

inBothModes("a link takes an account over whose address nobody had proven", async (openClient) => {
  const stranger = openClient();
  const who = await signedUp(stranger);
  const client = openClient();
  const { token } = await asked(client, { email: who.email });
  const { user } = succeeded(await client.auth.magicLink.verify({ query: { token } }));
  assert.deepEqual([user.id, user.emailVerified], [who.user.id, true]);
  assert.deepEqual((await session(client)).user, user);
  await signedOut(stranger);
  failed(await openClient().auth.signIn.email(who), 401, "INVALID_EMAIL_OR_PASSWORD");
});

inBothModes("a link leads to no page that is not trusted", async (openClient) => {
  const { auth } = openClient();
  const { email } = person();
  const evil = "https://evil.example.com/";
  for (const [field, code] of [
    ["callbackURL", "INVALID_CALLBACK_URL"],
    ["newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"],
    ["errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"],
  ]) {
    failed(await auth.signIn.magicLink({ email, ...pages, [field]: evil }), 403, code);
    const query = { token: "unknown", [field]: evil };
    const opened = await auth.magicLink.verify({ query }, { redirect: "manual" });
    assert.equal(opened.error.status, 403);
  }
  failed(await auth.signIn.magicLink({ email: "nobody" }), 400, "VALIDATION_ERROR");
});

test("a person who opens a link in a browser is signed in by one press", async (context) => {
  const client = cookieClient();
  const { email } = person();
  for (const [number, page] of [newUserCallbackURL, callbackURL].entries()) {
    succeeded(await client.auth.signIn.magicLink({ email, ...pages }));
    const { url } = await linkTo(email, number + 1);
    let opened = await open(url);
    await differs(context, "links that are opened", {
      tessera: async () => {
        assert.equal(opened.status, 200);
        await signedOut(client);
        opened = await pressed(url, await opened.text(), { origin: new URL(url).origin });
        assert.equal(opened.status, 303);
      },
      betterAuth: () => assert.equal(opened.status, 302),
    });
    assert.equal(opened.headers.get("location"), page);
    client.browser.jar.store(opened);
    assert.equal((await session(client)).user.email, email);
    succeeded(await client.auth.signOut());
  }
});
