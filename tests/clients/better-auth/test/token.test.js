// JWTs for other services, verified as those would: with jose and the published keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { bearerClient, cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { url } from "../support/target.js";

// A function that was just built needs some time for its first response.
const timeoutDuration = 60_000;
const keys = createRemoteJWKSet(new URL("/api/auth/jwks", url), { timeoutDuration });

/** What a service does with a token. */
function verified(token) {
  return jwtVerify(token, keys, { issuer: url, audience: url, algorithms: ["EdDSA"] });
}

inBothModes("a token is verified with the published keys, and names the user", async (open, context) => {
  const client = open();
  const { user } = await signedUp(client);
  const { token } = succeeded(await client.auth.token());
  const { payload, protectedHeader } = await verified(token);
  assert.equal(payload.exp - payload.iat, 900);
  assert.ok(Math.abs(payload.iat - Date.now() / 1000) < 60);
  assert.equal(payload.sub, user.id);
  const { iat, exp, iss, aud, sub, ...rest } = payload;
  const shown = JSON.parse(JSON.stringify(user));
  const { email, ...others } = shown;
  await differs(context, "unverified address", {
    tessera: () => assert.deepEqual(rest, others),
    betterAuth: () => assert.deepEqual(rest, shown),
  });
  await differs(context, "JWT type", {
    tessera: () => assert.equal(protectedHeader.typ, "JWT"),
    betterAuth: () => assert.equal(protectedHeader.typ, undefined),
  });
});

inBothModes("the JWT of get-session is one as well", async (open) => {
  const client = open();
  const { user } = await signedUp(client);
  await session(client);
  const { payload } = await verified(client.browser.header("set-auth-jwt"));
  assert.equal(payload.sub, user.id);
});

inBothModes("a JWT shows the user as it is now", async (open) => {
  const client = open();
  await signedUp(client);
  succeeded(await client.auth.updateUser({ name: "Grace" }));
  const { token } = succeeded(await client.auth.token());
  assert.equal((await verified(token)).payload.name, "Grace");
});

inBothModes("a token needs a session", async (open) => {
  failed(await open().auth.token(), 401, "UNAUTHORIZED", "Unauthorized");
});

inBothModes("the client reads the keys, which have public parts only", async (open, context) => {
  const client = open();
  await signedUp(client);
  const { token } = succeeded(await client.auth.token());
  const { kid } = decodeProtectedHeader(token);
  const { keys: published } = succeeded(await client.auth.jwks());
  const key = published.find((one) => one.kid === kid);
  const { x, ...rest } = key;
  assert.match(x, /^[\w-]{43}$/);
  const expected = { alg: "EdDSA", crv: "Ed25519", kty: "OKP", kid };
  const cached = client.browser.header("cache-control");
  await differs(context, "JWKS caching", {
    tessera: () => {
      assert.deepEqual(rest, { ...expected, use: "sig" });
      assert.match(cached, /\bmax-age=300\b/);
    },
    betterAuth: () => {
      assert.deepEqual(rest, expected);
      assert.equal(cached, undefined);
    },
  });
});

test("a JWT for other services does not sign in", async () => {
  const client = cookieClient();
  await signedUp(client);
  const { token } = succeeded(await client.auth.token());
  await signedOut(bearerClient(token));
});

test("a session token is none of the JWTs for other services", async () => {
  const { token } = await signedUp(cookieClient());
  await assert.rejects(verified(token));
});
