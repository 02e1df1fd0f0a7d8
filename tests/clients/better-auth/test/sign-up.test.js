import assert from "node:assert/strict";
import { test } from "node:test";
import { bearerClient, cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { isAbout, session, succeeded } from "../support/outcome.js";
import { person } from "../support/people.js";
import { sessionCookie } from "../support/target.js";

inBothModes("a sign-up responds with the user and signs in", async (open, context) => {
  const client = open();
  const who = person();
  const data = succeeded(await client.auth.signUp.email(who));
  assert.equal(client.browser.last.status, 200);
  assert.deepEqual(Object.keys(data).sort(), ["token", "user"]);
  assert.equal(typeof data.token, "string");
  const { id, createdAt, updatedAt, ...rest } = data.user;
  assert.match(id, /^[A-Za-z0-9]{32}$/);
  isAbout(createdAt, Date.now());
  assert.deepEqual(updatedAt, createdAt);
  const given = { name: "Ada", email: who.email, emailVerified: false };
  const absent = { image: null, software_level: null, hardware_background: null };
  await differs(context, "absent fields", {
    tessera: () => assert.deepEqual(rest, { ...given, ...absent }),
    betterAuth: () => assert.deepEqual(rest, given),
  });
  assert.deepEqual((await session(client)).user, data.user);
});

inBothModes("a sign-up takes the additional fields", async (open) => {
  const client = open();
  const background = { software_level: "beginner", hardware_background: "embedded systems" };
  const { user } = succeeded(await client.auth.signUp.email(person(background)));
  const { software_level, hardware_background } = user;
  assert.deepEqual({ software_level, hardware_background }, background);
  assert.deepEqual((await session(client)).user, user);
});

inBothModes("a sign-up takes an image and an empty name", async (open) => {
  const image = "https://example.com/ada.png";
  const who = person({ image, name: "" });
  const { user } = succeeded(await open().auth.signUp.email(who));
  assert.deepEqual([user.image, user.name], [image, ""]);
});

inBothModes("an address is kept in lower case", async (open) => {
  const who = person();
  const sent = { ...who, email: who.email.toUpperCase() };
  const { user } = succeeded(await open().auth.signUp.email(sent));
  assert.equal(user.email, who.email);
});

inBothModes("what a caller may not set is ignored", async (open) => {
  const who = person({ emailVerified: true, id: "mine", role: "admin", nonsense: 1 });
  const { user } = succeeded(await open().auth.signUp.email(who));
  assert.equal(user.emailVerified, false);
  assert.notEqual(user.id, "mine");
  assert.equal("role" in user || "nonsense" in user, false);
});

test("a sign-up sets the session cookie", async () => {
  const client = cookieClient();
  succeeded(await client.auth.signUp.email(person()));
  assert.deepEqual(client.browser.jar.names(), [sessionCookie]);
  const { attributes } = client.browser.jar.get(sessionCookie);
  const secure = sessionCookie.startsWith("__Secure-") ? { secure: "" } : {};
  const expected = { "max-age": "604800", path: "/", httponly: "", samesite: "Lax", ...secure };
  assert.deepEqual(attributes, expected);
});

test("a sign-up hands the token to scripts of other origins", async () => {
  const client = bearerClient();
  succeeded(await client.auth.signUp.email(person()));
  assert.ok(client.browser.header("set-auth-token"));
  const exposed = client.browser.header("access-control-expose-headers");
  assert.match(exposed, /\bset-auth-token\b/i);
});
