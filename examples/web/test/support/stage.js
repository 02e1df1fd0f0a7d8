import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { launch } from "./chromium.js";
import { Device } from "./device.js";
import { servePage } from "./page.js";
import { API } from "./settings.js";

let browser;
let stopPage;
let devices = [];

before(async () => {
  await reachable();
  browser = await launch();
  stopPage = await servePage();
});

afterEach(async () => {
  const used = devices;
  devices = [];
  await Promise.all(used.map((device) => device.context.close()));
  const failures = used.flatMap((device) => device.failures);
  assert.deepEqual(failures, [], "the page threw");
});

after(async () => {
  await stopPage?.();
  await browser?.close();
});

/** A browser with no cookies, which shows the page; `options` are those of a Playwright context. */
export async function newDevice(options = {}) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const device = new Device(context, await context.newPage());
  devices.push(device);
  await device.open();
  return device;
}

let count = 0;

/** Somebody without an account yet. */
export function somebody() {
  count += 1;
  return {
    name: "Ada Lovelace",
    email: `ada-${Date.now().toString(36)}-${process.pid}-${count}@example.com`,
    password: "a walk along the canal",
  };
}

async function reachable() {
  const response = await fetch(new URL("/api/auth/ok", API)).catch(() => undefined);
  assert.ok(
    response?.ok,
    `GET ${API.origin}/api/auth/ok does not respond; run \`cargo xtask dev\` or set TESSERA_URL`,
  );
}
