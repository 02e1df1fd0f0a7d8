import assert from "node:assert/strict";
import { test } from "node:test";
import { mail, scan } from "./support/mail.js";
import { newDevice, somebody } from "./support/stage.js";

/** Asks for a mail instead of giving a password. */
const ask = (device, { email }, submit) => device.fill("Sign in", { fields: { "E-mail": email }, submit });

const focused = (device) => device.page.evaluate("document.activeElement.textContent");

const enter = (device, code) => device.fill("Sign in by code", { fields: { Code: code }, submit: "Sign in" });

/** Six digits that are not these. */
const otherThan = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

async function signOut(device) {
  await device.page.locator(".top").getByRole("button", { name: "Sign out" }).click();
  await device.isSignedOut();
}

test("a mailed link signs somebody new in by its button, once, and a scanner does not use it up", async () => {
  const ada = somebody();
  const device = await newDevice();
  await ask(device, ada, "E-mail me a link");
  await device.says(`A mail with a link is on its way to ${ada.email}.`);
  assert.equal(await focused(device), "Look at your mail");
  const { url } = await mail(ada.email, "magic-link");
  await scan(url);
  await device.page.goto(url);
  await device.shows(device.page.getByText(`Do you want to sign in as ${ada.email}?`));
  await device.page.getByRole("button", { name: "Sign in" }).click();
  await device.says("Welcome! Your account is made.");
  await device.isSignedIn();
  await device.reload();
  await device.isSignedIn();
  assert.equal(await device.page.getByText("Welcome!").count(), 0);
  await signOut(device);
  await device.page.goto(url);
  await device.page.getByRole("link", { name: "Go on" }).click();
  await device.complains("This link is not valid any more. It works once, for five minutes.");
  await device.isSignedOut();
});

test("a mailed code signs in; a wrong one is a message in words, and three end it", async () => {
  const ada = somebody();
  const first = await newDevice();
  await first.signUp(ada);
  await first.isSignedIn();
  const device = await newDevice();
  await device.page.clock.install();
  await ask(device, { email: "ada@" }, "E-mail me a code");
  await device.complains("Invalid email");
  await ask(device, ada, "E-mail me a code");
  const field = device.page.getByLabel("Code", { exact: true });
  await device.shows(field);
  const attributes = await field.evaluate((input) => [input.autocomplete, input.inputMode, document.activeElement === input]);
  assert.deepEqual(attributes, ["one-time-code", "numeric", true]);
  const { code } = await mail(ada.email, "sign-in-code");
  for (let guess = 0; guess < 3; guess += 1) {
    const responded = device.page.waitForResponse(/\/sign-in\/email-otp$/);
    await enter(device, otherThan(code));
    await responded;
    await device.complains("This code is wrong.");
    assert.equal(await focused(device), "Sign in", "the button has the focus as before");
  }
  await enter(device, code);
  await device.complains("too many wrong codes");
  assert.equal(await device.page.getByRole("button", { name: "Send another code" }).isDisabled(), true);
  for (let second = 0; second < 30; second += 1) await device.page.clock.runFor(1000);
  await device.button("Send another code").click();
  await device.says("Another code is on its way.");
  const another = await mail(ada.email, "sign-in-code", { count: 2 });
  await field.fill(` ${another.code.slice(0, 3)} ${another.code.slice(3)} `);
  await field.press("Enter");
  await device.isSignedIn();
});
