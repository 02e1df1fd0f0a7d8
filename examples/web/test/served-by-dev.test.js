import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/chromium.js";
import { API } from "./support/settings.js";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** A page of the API's own origin, and what went wrong in it. */
async function open(path) {
  const page = await browser.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== API.origin) wrong.push(request.url());
  });
  await page.goto(new URL(path, API).href);
  return { page, wrong };
}

const password = "correct horse battery staple";

test("`cargo xtask dev` serves this page and the reference, and both share the session", async () => {
  const email = `ada-${Date.now().toString(36)}-${process.pid}-dev@example.com`;
  const { page, wrong } = await open("/");
  await page.getByRole("button", { name: "Continue with dev" }).waitFor();
  const status = await page.evaluate(async (body) => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return (await fetch("/api/auth/sign-up/email", init)).status;
  }, { email, password, name: "Ada", softwareLevel: "beginner", hardwareBackground: "robotics" });
  assert.equal(status, 200);

  await page.goto(new URL("/docs", API).href);
  await page.getByText(`Signed in as ${email}`, { exact: false }).waitFor();
  await page.locator("#operations-user-get-profile .opblock-summary-control").click();
  await page.locator("#operations-user-get-profile .execute").click();
  const response = page.locator("#operations-user-get-profile .live-responses-table");
  await response.getByText('"software_level"').or(response.getByText("PROFILE_NOT_FOUND")).first().waitFor();
  assert.deepEqual(wrong, []);
});
