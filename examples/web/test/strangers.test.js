import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { API } from "./support/settings.js";
import { newDevice, somebody } from "./support/stage.js";
import { serveStranger } from "./support/stranger.js";

let stranger;

before(async () => {
  stranger = await serveStranger();
});

after(() => stranger?.stop());

/** Somebody's device, and in another tab of it a page that the API does not trust. */
async function lured() {
  const device = await newDevice();
  await device.signUp(somebody());
  await device.isSignedIn();
  const page = await device.context.newPage();
  await page.goto(stranger.url);
  return { device, page };
}

/** Calls the API from a page, with its cookies; returns the status, or 0 for a response that the page may not read. */
function call(page, path, options) {
  return page.evaluate(
    async ([url, options]) => {
      const response = await fetch(url, { credentials: "include", ...options }).catch(() => ({}));
      return response.status ?? 0;
    },
    [`${API.origin}/api${path}`, options],
  );
}

test("a page that is not trusted can read nothing", async () => {
  const { device, page } = await lured();
  for (const path of ["/auth/get-session", "/auth/list-sessions", "/user/profile"]) {
    assert.equal(await call(page, path), 0, path);
  }
  assert.equal(await call(device.page, "/auth/list-sessions"), 200, "the trusted page can");
});

test("a page that is not trusted can end no session, whatever it sends", async () => {
  const { device, page } = await lured();
  for (const path of ["/auth/revoke-sessions", "/auth/sign-out"]) {
    const json = { "content-type": "application/json" };
    assert.equal(await call(page, path, { method: "POST", headers: json, body: "{}" }), 0);
    assert.equal(await call(page, path, { method: "POST", mode: "no-cors" }), 0);
    assert.equal(await call(page, path, { method: "POST", mode: "no-cors", body: "{}" }), 0);
  }
  await device.open();
  await device.isSignedIn();
});

test("a form of a page that is not trusted can sign nobody in", async () => {
  const eve = somebody();
  const first = await newDevice();
  await first.signUp(eve);
  await first.isSignedIn();
  const device = await newDevice();
  await device.page.goto(stranger.url);
  const response = device.page.waitForResponse(/\/sign-in\/email$/);
  await device.page.evaluate(submit, [`${API.origin}/api/auth/sign-in/email`, eve]);
  assert.equal((await response).status(), 403);
  assert.equal(await device.sessionCookie(), undefined);
});

/** Runs in the page: sends a form as HTML has it, which no preflight comes before. */
function submit([url, { email, password }]) {
  const form = Object.assign(document.createElement("form"), { action: url, method: "post" });
  for (const [name, value] of Object.entries({ email, password })) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}
