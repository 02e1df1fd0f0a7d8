// What a browser needs before it lets a page of another origin chat.

import assert from "node:assert/strict";
import { test } from "node:test";
import { signedUp } from "../support/people.js";
import { ownOrigin, url } from "../support/target.js";

const routes = [
  ["POST", "/api/chat"],
  ["GET", "/api/chat/main/stream"],
  ["POST", "/api/chat/main/stop"],
];

/** The preflight that a browser sends before a page's request. */
function preflight(origin, method, path) {
  const headers = {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization,content-type,idempotency-key",
  };
  return fetch(url + path, { method: "OPTIONS", headers });
}

for (const [method, path] of routes) {
  test(`a page of a trusted origin may call ${method} ${path}`, async () => {
    const { headers, ok } = await preflight(ownOrigin, method, path);
    assert.ok(ok);
    const words = (name) => (headers.get(name) ?? "").toLowerCase().split(/,\s*/);
    assert.equal(headers.get("access-control-allow-origin"), ownOrigin);
    assert.equal(headers.get("access-control-allow-credentials"), "true");
    assert.ok(words("access-control-allow-methods").includes(method.toLowerCase()));
    for (const name of ["authorization", "content-type", "idempotency-key"]) {
      assert.ok(words("access-control-allow-headers").includes(name), name);
    }
    const other = await preflight("https://evil.example", method, path);
    assert.notEqual(other.headers.get("access-control-allow-origin"), "https://evil.example");
    assert.notEqual(other.headers.get("access-control-allow-origin"), "*");
  });
}

test("a page sees what is left of the day's quota", async () => {
  const person = await signedUp();
  const left = async () => {
    const origin = { origin: ownOrigin };
    const response = await person.request("POST", "/api/chat", { message: "one" }, origin);
    assert.equal(response.headers.get("access-control-allow-origin"), ownOrigin);
    const exposed = response.headers.get("access-control-expose-headers").toLowerCase();
    return ["x-quota-messages-remaining", "x-quota-tokens-remaining"].map((name) => {
      assert.ok(exposed.includes(name), `${name} is hidden`);
      return Number(response.headers.get(name));
    });
  };
  const [messages, tokens] = await left();
  const [messagesNow, tokensNow] = await left();
  assert.equal(messagesNow, messages - 1);
  assert.ok(tokensNow < tokens && tokensNow > 0);
});
