// What requests may look like, and what problems do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { send, sendJson } from "../support/browser.js";
import { cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { failed, unknownPath } from "../support/outcome.js";
import { person, signedUp } from "../support/people.js";
import { ownOrigin, sessionCookie } from "../support/target.js";

const form = { origin: ownOrigin, "content-type": "application/x-www-form-urlencoded" };
const json = { origin: ownOrigin, "content-type": "application/json" };

test("a form signs up and in", async () => {
  const who = person();
  const up = await send("POST", "/api/auth/sign-up/email", {
    headers: form,
    body: new URLSearchParams(who).toString(),
  });
  assert.equal(up.status, 200);
  assert.equal((await up.json()).user.email, who.email);
  const { email, password } = who;
  const signIn = await send("POST", "/api/auth/sign-in/email", {
    headers: form,
    body: new URLSearchParams({ email, password }).toString(),
  });
  assert.equal(signIn.status, 200);
  assert.equal((await signIn.json()).redirect, false);
  assert.ok(signIn.headers.getSetCookie().some((line) => line.startsWith(`${sessionCookie}=`)));
});

test("a form may say in text whether to remember", async (context) => {
  const { email, password } = await signedUp(cookieClient());
  const body = new URLSearchParams({ email, password, rememberMe: "false" }).toString();
  const response = await send("POST", "/api/auth/sign-in/email", { headers: form, body });
  const line = response.headers.getSetCookie().find((line) => line.startsWith(`${sessionCookie}=`));
  await differs(context, "values of forms", {
    tessera: () => {
      assert.equal(response.status, 200);
      assert.doesNotMatch(line, /max-age/i, "the session ends with the browser");
    },
    betterAuth: () => assert.equal(response.status, 400),
  });
});

test("broken JSON, other content types and no body are different problems", async () => {
  const path = "/api/auth/sign-in/email";
  const broken = await send("POST", path, { headers: json, body: "{" });
  assert.deepEqual([broken.status, (await broken.json()).code], [400, "BAD_REQUEST"]);
  const text = { ...json, "content-type": "text/plain" };
  const other = await send("POST", path, { headers: text, body: JSON.stringify(person()) });
  assert.deepEqual([other.status, (await other.json()).code], [415, "UNSUPPORTED_MEDIA_TYPE"]);
  const empty = await send("POST", path, { headers: { origin: ownOrigin } });
  assert.deepEqual([empty.status, (await empty.json()).code], [400, "VALIDATION_ERROR"]);
});

test("a content type may have parameters", async () => {
  const headers = { ...json, "content-type": "application/json; charset=utf-8" };
  const body = JSON.stringify(person());
  assert.equal((await send("POST", "/api/auth/sign-up/email", { headers, body })).status, 200);
});

test("calls without arguments need no body", async () => {
  const { token } = await signedUp(cookieClient());
  const headers = { authorization: `Bearer ${token}` };
  for (const path of ["revoke-other-sessions", "revoke-sessions", "sign-out"]) {
    assert.equal((await send("POST", `/api/auth/${path}`, { headers })).status, 200, path);
  }
});

test("what has no route is a 404, in the words of the gateway", async (context) => {
  for (const [method, path] of [
    ["GET", "/api/auth/update-user"],
    ["GET", "/api/auth/sign-out"],
    ["GET", "/api/auth/nothing"],
    ["POST", "/api/auth/token"],
    ["GET", "/api/auth/.well-known/jwks.json"],
    ["POST", "/api/auth/set-password"],
  ]) {
    const response = await send(method, path, { headers: { origin: ownOrigin } });
    const found = [response.status, await response.text()];
    const expect = (body) => () => assert.deepEqual(found, [404, body], `${method} ${path}`);
    const [tessera, betterAuth] = [expect('{"message":"Not Found"}'), expect("")];
    await differs(context, "unknown paths", { tessera, betterAuth });
  }
});

inBothModes("a method that the server does not have is a 404 of the client", async (open, context) => {
  const { data, error } = await open().auth.somethingElse({ name: "x" });
  assert.equal(data, null);
  await unknownPath(context, error);
});

inBothModes("an error has code, message and status", async (open, context) => {
  const client = open();
  const { email } = await signedUp(client);
  const outcome = await client.auth.signIn.email({ email, password: "a wrong password" });
  const error = failed(outcome, 401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password");
  assert.equal(error.statusText, "Unauthorized");
  const type = client.browser.header("content-type");
  await differs(context, "problem details", {
    tessera: () => {
      assert.match(type, /^application\/problem\+json/);
      for (const member of ["type", "title", "detail"]) {
        assert.equal(typeof error[member], "string", member);
      }
    },
    betterAuth: () => {
      assert.match(type, /^application\/json/);
      assert.deepEqual(Object.keys(error).sort(), ["code", "message", "status", "statusText"]);
    },
  });
});

test("the service says that it is up", async () => {
  const { auth } = cookieClient();
  assert.deepEqual((await auth.$fetch("/ok")).data, { ok: true });
  const page = await sendJson("POST", "/api/auth/ok", {});
  assert.equal(page.status, 404);
});
