import assert from "node:assert/strict";
import { test } from "node:test";
import { newDevice, somebody } from "./support/stage.js";
import { API } from "./support/settings.js";

const DAY = 24 * 60 * 60;

test("who signs up with a background sees it in the session and in the profile", async () => {
  const device = await newDevice();
  const ada = somebody();
  await device.signUp(ada, { Software: "Beginner", Hardware: "Embedded systems" });
  await device.isSignedIn();
  await device.shows(device.page.locator(".top").getByText("Ada Lovelace", { exact: true }));
  await device.settings();
  assert.equal(await device.fact("Profile", "E-mail"), ada.email);
  assert.equal(await device.fact("Profile", "Background"), "beginner · embedded systems");
  assert.equal(await device.fact("Stored profile", "Software"), "beginner");
  assert.equal(await device.fact("Stored profile", "Hardware"), "embedded systems");
});

test("who says nothing of it has no profile", async () => {
  const device = await newDevice();
  await device.signUp(somebody());
  await device.settings();
  await device.shows(device.panel("Stored profile").getByText("No background is stored."));
});

test("a changed name is seen at once, and after a reload", async () => {
  const device = await newDevice();
  await device.signUp(somebody());
  await device.settings();
  await device.fill("Profile", { fields: { Name: "Ada King" }, submit: "Save the name" });
  await device.says("Saved.");
  const name = device.page.locator(".top").getByText("Ada King", { exact: true });
  await device.shows(name);
  await device.reload();
  await device.shows(name);
});

test("a session outlives a reload, and ends with sign-out", async () => {
  const device = await newDevice();
  await device.signUp(somebody());
  await device.isSignedIn();
  await device.open();
  await device.isSignedIn();
  await device.page.locator(".top").getByRole("button", { name: "Sign out" }).click();
  await device.says("This device is signed out.");
  await device.isSignedOut();
  assert.equal(await device.sessionCookie(), undefined);
  await device.open();
  await device.isSignedOut();
});

test("sign-out in one tab is seen in the other", async () => {
  const device = await newDevice();
  await device.signUp(somebody());
  await device.isSignedIn();
  const other = await device.sameBrowser();
  await other.isSignedIn();
  await other.page.locator(".top").getByRole("button", { name: "Sign out" }).click();
  await device.isSignedOut();
});

test("the session cookie is out of reach of scripts", async () => {
  const device = await newDevice();
  await device.signUp(somebody());
  await device.isSignedIn();
  const cookie = await device.sessionCookie();
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, "Lax");
  assert.doesNotMatch(await device.page.evaluate("document.cookie"), /session_token/);
  const left = cookie.expires - Date.now() / 1000;
  assert.ok(left > 6.9 * DAY && left < 7.1 * DAY, `the cookie ends in ${left} seconds`);
});

test("a device that shall not be remembered gets a cookie that ends with the browser", async () => {
  const ada = somebody();
  const first = await newDevice();
  await first.signUp(ada);
  await first.isSignedIn();
  const second = await newDevice();
  await second.signIn(ada, { remember: false });
  await second.isSignedIn();
  assert.equal((await second.sessionCookie()).expires, -1);
  await second.open();
  await second.isSignedIn();
});

test("a wrong password is a message in words, and the right one works afterwards", async () => {
  const ada = somebody();
  const first = await newDevice();
  await first.signUp(ada);
  await first.isSignedIn();
  const second = await newDevice();
  await second.signIn({ ...ada, password: "not the password" });
  await second.complains("The e-mail address or the password is wrong.");
  await second.signIn(ada);
  await second.isSignedIn();
});

test("a taken address, a malformed one and bad passwords are messages in words", async () => {
  const ada = somebody();
  const first = await newDevice();
  await first.signUp(ada);
  await first.isSignedIn();
  const second = await newDevice();
  await second.signUp(ada);
  await second.complains("There is already an account with this e-mail address.");
  await second.signUp({ ...ada, email: "ada@" });
  await second.complains("Invalid email address");
  await second.signUp({ ...somebody(), password: "short" });
  await second.complains("A password needs at least 8 characters.");
});

test("a server that cannot be reached is a message, and can be tried again", async () => {
  const device = await newDevice();
  const calls = `${API.origin}/**`;
  await device.context.route(calls, (route) => route.abort());
  await device.open();
  await device.complains("The server cannot be reached.");
  await device.context.unroute(calls);
  await device.button("Try again").click();
  await device.isSignedOut();
});
