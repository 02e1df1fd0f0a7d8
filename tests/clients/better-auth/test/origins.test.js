// Which pages may send requests that carry, or would set, cookies.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { session } from "../support/outcome.js";
import { person, signedUp } from "../support/people.js";
import { send, sendJson } from "../support/browser.js";
import { ownOrigin, sessionCookie, url } from "../support/target.js";

const missing = { code: "MISSING_OR_NULL_ORIGIN", message: "Missing or null Origin" };
const untrusted = { code: "INVALID_ORIGIN", message: "Invalid origin" };

/** Expects status 403 with this code and message, or 200 without. */
async function isAsExpected(response, expected) {
  const { code, message } = response.status === 200 ? {} : await response.json();
  assert.equal(response.status, expected === undefined ? 200 : 403, `${code} ${message}`);
  if (expected !== undefined) assert.deepEqual({ code, message }, expected);
}

const everyOrigin = [
  [{}, missing],
  [{ origin: "null" }, missing],
  [{ origin: "https://evil.example" }, untrusted],
  [{ origin: `${ownOrigin}.evil.example` }, untrusted],
  [{ referer: "https://evil.example/page" }, untrusted],
  [{ origin: ownOrigin }, undefined],
  [{ origin: url }, undefined],
  [{ referer: `${ownOrigin}/page` }, undefined],
];

test("a write with a session cookie needs a trusted origin", async () => {
  const client = cookieClient();
  await signedUp(client);
  const cookie = client.browser.jar.header();
  for (const [headers, expected] of everyOrigin) {
    const change = { name: "Grace" };
    const sent = { cookie, ...headers };
    await isAsExpected(await sendJson("POST", "/api/auth/update-user", change, sent), expected);
  }
});

test("a write with any cookie needs one, also to sign out", async () => {
  for (const [headers, expected] of everyOrigin) {
    const sent = { cookie: "unrelated=1", ...headers };
    await isAsExpected(await sendJson("POST", "/api/auth/sign-out", {}, sent), expected);
  }
});

test("a read with a session cookie needs none", async () => {
  const client = cookieClient();
  const { user } = await signedUp(client);
  const headers = { cookie: client.browser.jar.header(), origin: "https://evil.example" };
  const response = await send("GET", "/api/auth/get-session", { headers });
  assert.equal((await response.json()).user.id, user.id);
});

test("a write with a bearer token and no cookie needs none", async () => {
  const client = cookieClient();
  const { token } = await signedUp(client);
  const headers = { authorization: `Bearer ${token}` };
  await isAsExpected(await sendJson("POST", "/api/auth/update-user", { name: "Grace" }, headers));
  assert.equal((await session(client)).user.name, "Grace");
});

test("a cookie beside a bearer token needs none", async (context) => {
  const client = cookieClient();
  const { token } = await signedUp(client);
  const cookie = client.browser.jar.header();
  for (const other of [cookie, "AWSALB=1"]) {
    const headers = { authorization: `Bearer ${token}`, cookie: other };
    const response = await sendJson("POST", "/api/auth/update-user", { name: "Grace" }, headers);
    await differs(context, "cookies beside tokens", {
      tessera: async () => {
        await isAsExpected(response);
        assert.deepEqual(response.headers.getSetCookie(), []);
      },
      betterAuth: () => isAsExpected(response, missing),
    });
  }
});

test("a page of another site signs nobody out", async (context) => {
  const headers = { origin: "https://evil.example" };
  const response = await sendJson("POST", "/api/auth/sign-out", {}, headers);
  await differs(context, "signing out from elsewhere", {
    tessera: async () => {
      await isAsExpected(response, untrusted);
      assert.deepEqual(response.headers.getSetCookie(), []);
    },
    betterAuth: () => assert.equal(response.headers.getSetCookie().length, 3),
  });
});

test("a cookie of another server beside the own one does not count", async (context) => {
  const client = cookieClient();
  const { user } = await signedUp(client);
  const own = client.browser.jar.header();
  const foreign = `${sessionCookie}=nwiMvPCrnNZLSYTwXBMU6HXMnVdFO9xl.${"A".repeat(43)}%3D`;
  for (const cookie of [`${foreign}; ${own}`, `${own}; ${foreign}`]) {
    const response = await send("GET", "/api/auth/get-session", { headers: { cookie } });
    const body = await response.json();
    await differs(context, "foreign cookies", {
      tessera: () => assert.equal(body.user.id, user.id),
    });
  }
  const response = await send("GET", "/api/auth/get-session", { headers: { cookie: foreign } });
  assert.equal(await response.json(), null);
  await differs(context, "foreign cookies", {
    tessera: () => assert.deepEqual(response.headers.getSetCookie(), []),
  });
});

// Node's fetch says `sec-fetch-mode: cors` as browsers do.
test("a browser signs in and up from a trusted origin only", async () => {
  const { email, password } = await signedUp(cookieClient());
  for (const [headers, expected] of everyOrigin) {
    const signIn = { email, password };
    await isAsExpected(await sendJson("POST", "/api/auth/sign-in/email", signIn, headers), expected);
    await isAsExpected(await sendJson("POST", "/api/auth/sign-up/email", person(), headers), expected);
  }
});

test("the profile's route has the same rule", async (context) => {
  const client = cookieClient();
  await signedUp(client);
  const cookie = client.browser.jar.header();
  const background = { software_level: "beginner", hardware_background: "robotics" };
  const put = (headers) => sendJson("PUT", "/api/user/profile", background, { cookie, ...headers });
  const tessera = async () => {
    for (const [headers, expected] of everyOrigin) await isAsExpected(await put(headers), expected);
  };
  await differs(context, "own routes", { tessera });
});

test("pages of a trusted origin may read responses, others may not", async (context) => {
  const ask = (origin) =>
    send("OPTIONS", "/api/auth/sign-in/email", {
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,authorization",
      },
    });
  const [own, evil] = [await ask(ownOrigin), await ask("https://evil.example")];
  const allowed = (response, name) => response.headers.get(`access-control-allow-${name}`);
  const tessera = () => {
    assert.equal(Math.floor(own.status / 100), 2);
    assert.equal(allowed(own, "origin"), ownOrigin);
    assert.equal(allowed(own, "credentials"), "true");
    assert.match(allowed(own, "headers"), /content-type/i);
    assert.match(allowed(own, "headers"), /authorization/i);
    assert.equal(allowed(evil, "origin"), null);
  };
  const betterAuth = () => assert.deepEqual([own.status, allowed(own, "origin")], [404, null]);
  await differs(context, "CORS", { tessera, betterAuth });
});
