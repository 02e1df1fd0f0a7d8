// The additional fields are the same profile that /api/user/profile shows.

import assert from "node:assert/strict";
import { differs } from "../support/differences.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, succeeded } from "../support/outcome.js";
import { signedUp } from "../support/people.js";

const robots = { software_level: "beginner", hardware_background: "robotics" };
const done = { status: true };

/** The fields as the session shows them. */
async function shown(client) {
  const { software_level, hardware_background } = (await session(client)).user;
  return { software_level, hardware_background };
}

/** Expects the profile's own route to show the same; null means that there is none. */
function profileIs(client, context, expected) {
  const tessera = async () => {
    const response = await client.request("/api/user/profile");
    assert.equal(response.status, expected === null ? 404 : 200);
    if (expected === null) return;
    const { software_level, hardware_background } = await response.json();
    assert.deepEqual({ software_level, hardware_background }, expected);
  };
  return differs(context, "own routes", { tessera });
}

inBothModes("a background of the sign-up is the profile", async (open, context) => {
  const client = open();
  await signedUp(client, robots);
  assert.deepEqual(await shown(client), robots);
  await profileIs(client, context, robots);
});

inBothModes("a background is made, changed field by field, and cleared", async (open, context) => {
  const client = open();
  await signedUp(client);
  await profileIs(client, context, null);
  let now = robots;
  assert.deepEqual(succeeded(await client.auth.updateUser(now)), done);
  assert.deepEqual(await shown(client), now);
  await profileIs(client, context, now);
  for (const change of [{ software_level: "advanced" }, { hardware_background: "none" }]) {
    now = { ...now, ...change };
    assert.deepEqual(succeeded(await client.auth.updateUser(change)), done);
    assert.deepEqual(await shown(client), now);
    await profileIs(client, context, now);
  }
  const nothing = { software_level: null, hardware_background: null };
  assert.deepEqual(succeeded(await client.auth.updateUser(nothing)), done);
  assert.deepEqual(await shown(client), nothing);
  await profileIs(client, context, null);
  assert.deepEqual(succeeded(await client.auth.updateUser(robots)), done);
  assert.deepEqual(await shown(client), robots);
});

inBothModes("a background and a name change together", async (open) => {
  const client = open();
  await signedUp(client, robots);
  succeeded(await client.auth.updateUser({ name: "Grace", software_level: "advanced" }));
  assert.equal((await session(client)).user.name, "Grace");
  assert.deepEqual(await shown(client), { ...robots, software_level: "advanced" });
});

inBothModes("half a background is refused where there is none", async (open, context) => {
  const client = open();
  await signedUp(client);
  const outcome = await client.auth.updateUser({ software_level: "beginner" });
  await differs(context, "both background fields", {
    tessera: () => failed(outcome, 400, "VALIDATION_ERROR"),
    betterAuth: () => succeeded(outcome),
  });
});

inBothModes("half a background can't be cleared", async (open, context) => {
  const client = open();
  await signedUp(client, robots);
  const outcome = await client.auth.updateUser({ software_level: null });
  await differs(context, "both background fields", {
    tessera: async () => {
      failed(outcome, 400, "VALIDATION_ERROR");
      assert.deepEqual(await shown(client), robots);
    },
    betterAuth: () => succeeded(outcome),
  });
});

inBothModes("an unknown value is refused", async (open, context) => {
  const client = open();
  await signedUp(client, robots);
  const outcome = await client.auth.updateUser({ hardware_background: "knitting" });
  await differs(context, "background values", {
    tessera: () => failed(outcome, 400, "VALIDATION_ERROR"),
    betterAuth: () => succeeded(outcome),
  });
});

inBothModes("what the profile's route changes, the session shows", async (open, context) => {
  const client = open();
  await signedUp(client);
  const headers = { "content-type": "application/json" };
  const put = { method: "PUT", headers, body: JSON.stringify(robots) };
  const tessera = async () => {
    assert.equal((await client.request("/api/user/profile", put)).status, 200);
    assert.deepEqual(await shown(client), robots);
    const removed = await client.request("/api/user/profile", { method: "DELETE" });
    assert.equal(Math.floor(removed.status / 100), 2);
    assert.deepEqual(await shown(client), { software_level: null, hardware_background: null });
  };
  await differs(context, "own routes", { tessera });
});
