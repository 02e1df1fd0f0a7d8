import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { mail, scan } from "./support/mail.js";
import { keep, SIZES } from "./support/views.js";
import { newDevice, somebody } from "./support/stage.js";

const NEW = "a boat on the canal";

/** Opens the link of a mail in a browser, after a scanner has. */
async function follow(device, { url }) {
  await scan(url);
  await device.page.goto(url);
}

async function signedUp(options) {
  const ada = somebody();
  const device = await newDevice(options);
  await device.signUp(ada);
  await device.isSignedIn();
  return { ada, device };
}

test("a forgotten password is replaced by the link of a mail, once", async () => {
  const { ada, device } = await signedUp();
  await device.settings();
  const other = await newDevice();
  await other.button("Forgotten your password?").click();
  await other.fill("Forgotten password", { fields: { "E-mail": ada.email }, submit: "Send me a link" });
  await other.says("a mail with a link is on its way");
  const link = await mail(ada.email, "reset-password");
  await follow(other, link);
  const choose = (password) =>
    other.fill("New password", { fields: { "New password": password }, submit: "Save the password" });
  await choose("short");
  await other.complains("A password needs at least 8 characters.");
  await choose(NEW);
  await other.says("Your password is saved");
  await other.signIn({ ...ada, password: NEW });
  await other.isSignedIn();
  await device.button("Refresh").click();
  await device.isSignedOut();
  await follow(device, link);
  await device.complains("This link is not valid any more.");
});

test("an address that nobody has looks like one that somebody has", async () => {
  const device = await newDevice();
  await device.button("Forgotten your password?").click();
  await device.fill("Forgotten password", { fields: { "E-mail": somebody().email }, submit: "Send me a link" });
  await device.says("a mail with a link is on its way");
});

test("an address is confirmed by a button, not by opening the link", async () => {
  const { ada, device } = await signedUp();
  await device.settings();
  await device.panel("E-mail address").getByRole("button", { name: "Send me a link" }).click();
  await device.says("A mail with a link is on its way.");
  await follow(device, await mail(ada.email, "verify-email"));
  await device.page.getByRole("button").click();
  await device.says("Your e-mail address is confirmed.");
  await device.settings();
  await device.shows(device.panel("E-mail address").getByText("Confirmed", { exact: true }));
});

test("an address is changed by the link to the new one, and the old one gets a mail", async () => {
  const { ada, device } = await signedUp();
  const { email } = somebody();
  await device.settings();
  await device.fill("E-mail address", { fields: { "New e-mail address": email }, submit: "Change the address" });
  await device.says("A mail is on its way to the new address.");
  await follow(device, await mail(email, "change-email"));
  await device.page.getByRole("button").click();
  await device.says("Your e-mail address is confirmed.");
  await device.settings();
  assert.equal(await device.fact("Profile", "E-mail"), email);
  await mail(ada.email, "email-changed");
  const other = await newDevice();
  await other.signIn(ada);
  await other.complains("The e-mail address or the password is wrong.");
  await other.signIn({ ...ada, email });
  await other.isSignedIn();
});

test("a user downloads all data, and deletes the account with the password alone", async () => {
  const { ada, device } = await signedUp();
  await device.settings();
  const started = device.page.waitForEvent("download");
  await device.button("Download my data").click();
  const download = await started;
  assert.equal(download.suggestedFilename(), "my-data.json");
  const { items } = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.equal(items.find(({ kind }) => kind === "account").email, ada.email);
  const erase = (password) =>
    device.fill("Delete the account", { fields: { "Your password": password }, submit: "Delete my account for ever" });
  await erase("not the password");
  await device.complains("The current password is wrong.");
  await erase(ada.password);
  await device.isSignedOut();
  await device.signIn(ada);
  await device.complains("The e-mail address or the password is wrong.");
  await device.signUp(ada);
  await device.isSignedIn();
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`the views of mail fit their window and are kept as pictures: ${size}`, async () => {
    const { ada, device } = await signedUp(options);
    const picture = (view) => keep(device, `${size}-mail-${view}`);
    await device.settings();
    await device.panel("E-mail address").getByRole("button", { name: "Send me a link" }).click();
    await device.says("A mail with a link is on its way.");
    await picture("1-settings");
    await follow(device, await mail(ada.email, "verify-email"));
    await picture("2-confirm");
    const other = await newDevice(options);
    await other.button("Forgotten your password?").click();
    await other.fill("Forgotten password", { fields: { "E-mail": ada.email }, submit: "Send me a link" });
    await other.says("a mail with a link is on its way");
    await keep(other, `${size}-mail-3-forgotten`);
    await follow(other, await mail(ada.email, "reset-password"));
    await other.shows(other.form("New password"));
    await keep(other, `${size}-mail-4-new-password`);
  });
}
