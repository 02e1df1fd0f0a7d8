import assert from "node:assert/strict";
import { test } from "node:test";
import { bearerClient, cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { isAbout, session, signedOut } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { sessionCookie } from "../support/target.js";

const WEEK = 7 * 24 * 3_600_000;

inBothModes("get-session responds with null when nobody is signed in", async (open) => {
  const client = open();
  await signedOut(client);
  assert.equal(client.browser.last.status, 200);
});

inBothModes("get-session responds with session and user", async (open, context) => {
  const client = open();
  const { token, user } = await signedUp(client);
  const data = await session(client);
  assert.deepEqual(Object.keys(data).sort(), ["session", "user"]);
  assert.deepEqual(data.user, user);
  const { id, token: shown, createdAt, updatedAt, expiresAt, ...rest } = data.session;
  assert.match(id, /^[A-Za-z0-9]{32}$/);
  isAbout(createdAt, Date.now());
  isAbout(updatedAt, Date.now());
  isAbout(expiresAt, Date.now() + WEEK);
  assert.deepEqual(Object.keys(rest).sort(), ["ipAddress", "userAgent", "userId"]);
  assert.equal(rest.userId, user.id);
  assert.equal(typeof rest.ipAddress, "string");
  assert.equal(rest.userAgent, "node");
  if (client.mode === "bearer") {
    assert.equal(shown, token);
  } else {
    await differs(context, "session handles", {
      tessera: () => assert.equal(shown, id),
      betterAuth: () => assert.equal(shown, token),
    });
  }
});

inBothModes("get-session is not cached, and brings a JWT", async (open) => {
  const client = open();
  await signedUp(client);
  await session(client);
  assert.match(client.browser.header("cache-control"), /\bno-store\b/);
  assert.match(client.browser.header("content-type"), /^application\/json/);
  assert.match(client.browser.header("set-auth-jwt"), /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const exposed = client.browser.header("access-control-expose-headers");
  assert.match(exposed, /\bset-auth-jwt\b/i);
});

inBothModes("a young session is not renewed", async (open) => {
  const client = open();
  await signedUp(client);
  const before = await session(client);
  const after = await session(client);
  assert.deepEqual(after, before);
  assert.deepEqual(client.browser.last.headers.getSetCookie(), []);
});

inBothModes("the options of get-session are taken", async (open) => {
  const client = open();
  await signedUp(client);
  for (const query of [{ disableRefresh: true }, { disableCookieCache: true }]) {
    const { data, error } = await client.auth.getSession({ query });
    assert.equal(error, null);
    assert.ok(data.session);
  }
});

test("dates have three fraction digits", async () => {
  const client = cookieClient();
  await signedUp(client);
  const text = await (await client.request("/api/auth/get-session")).text();
  const dates = text.match(/"(?:createdAt|updatedAt|expiresAt)":"[^"]*"/g);
  assert.equal(dates.length, 5);
  for (const date of dates) {
    assert.match(date, /:"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/);
  }
});

test("the body is null when nobody is signed in", async () => {
  const response = await cookieClient().request("/api/auth/get-session");
  assert.equal(await response.text(), "null");
});

test("the cookie is the token of the header", async () => {
  const client = cookieClient();
  await signedUp(client);
  const cookie = decodeURIComponent(client.browser.jar.get(sessionCookie).value);
  assert.equal((await session(bearerClient(cookie))).user.name, "Ada");
});

test("a token that is none is no session", async () => {
  for (const token of ["x", "a.b.c", "e30.e30."]) await signedOut(bearerClient(token));
});

test("the token of a sign-up signs another client in", async () => {
  const { token, user } = await signedUp(cookieClient());
  assert.deepEqual((await session(bearerClient(token))).user, user);
});

test("a bearer token comes before a cookie, and other schemes do not count", async (context) => {
  const [one, two] = [cookieClient(), cookieClient()];
  await signedUp(one);
  const { token, user } = await signedUp(two);
  const read = async (authorization) => {
    const headers = { authorization };
    const response = await one.request("/api/auth/get-session", { headers });
    return (await response.json())?.user.id;
  };
  assert.equal(await read(`Bearer ${token}`), user.id);
  assert.equal(await read(`bearer ${token}`), user.id);
  const own = (await session(one)).user.id;
  assert.equal(await read("Basic YTpi"), own);
  const broken = await read("Bearer a.b.c");
  await differs(context, "broken bearer tokens", {
    tessera: () => assert.equal(broken, undefined),
    betterAuth: () => assert.equal(broken, own),
  });
});
