import assert from "node:assert/strict";
import { test } from "node:test";
import { mail } from "./support/mail.js";
import { newDevice, somebody } from "./support/stage.js";
import { keep, SIZES } from "./support/views.js";

const WAYS = "Ways to sign in";

/** What a person does on the page of the provider `dev`. */
async function at(device, { email, name = "Ada Lovelace", subject = email }, button = /^Continue as/) {
  const { page } = device;
  await device.shows(page.getByText("This provider is for development."));
  await page.getByLabel(/^Id at the provider/).fill(subject);
  await page.getByLabel(/^E-mail address/).fill(email);
  await page.getByLabel(/^Name/).fill(name);
  await page.getByRole("button", { name: button }).click();
}

async function signInAt(device, person) {
  await device.button("Continue with dev").click();
  await at(device, person);
}

/** The line of a way to sign in, once it says this. */
async function isWay(device, name, fact) {
  const line = device.panel(WAYS).getByRole("listitem").filter({ hasText: name });
  await device.shows(line.getByText(fact));
}

test("somebody new signs in at a provider, and it stays until there is another way in", async () => {
  const ada = somebody();
  const device = await newDevice();
  await signInAt(device, ada);
  await device.says("Welcome! Your account is made.");
  await device.settings();
  await device.shows(device.panel("E-mail address").getByText("Confirmed", { exact: true }));
  await isWay(device, "dev", /^Linked /);
  await isWay(device, "Password", "None yet");
  await device.button("Unlink dev").click();
  await device.complains("This is your last way to sign in.");

  await device.button("Mail me a link to set a password").click();
  await device.says("A mail with a link is on its way.");
  const { url } = await mail(ada.email, "reset-password");
  await device.page.goto(url);
  await device.fill("New password", { fields: { "New password": ada.password }, submit: "Save the password" });
  await device.says("Your password is saved");
  await device.form("Sign in").getByLabel("E-mail", { exact: true }).fill(ada.email);
  await device.form("Sign in").getByLabel("Password").fill(ada.password);
  await device.page.keyboard.press("Enter");
  await device.isSignedIn();

  await device.settings();
  await device.button("Unlink dev").click();
  await isWay(device, "dev", "Not linked");
  await device.button("Link dev").click();
  await at(device, ada, "Cancel");
  await device.complains("You cancelled at the provider.");
  await isWay(device, "dev", "Not linked");
  await device.button("Link dev").click();
  await at(device, ada);
  await device.says("The account is linked.");
  await isWay(device, "dev", /^Linked /);
  const other = await newDevice();
  await signInAt(other, ada);
  await other.isSignedIn();
});

test("an address that nobody has proven here opens no account by a provider, and cancelling changes nothing", async () => {
  const ada = somebody();
  const first = await newDevice();
  await first.signUp(ada);
  await first.isSignedIn();
  const device = await newDevice();
  await signInAt(device, ada);
  await device.complains("There is an account with this e-mail address already.");
  await device.isSignedOut();
  await device.button("Continue with dev").click();
  await at(device, ada, "Cancel");
  await device.complains("You cancelled at the provider.");
  await device.isSignedOut();
  await device.button("Continue with Google").click();
  await device.complains("This provider is not set up here.");
});

test("an account without a password is deleted by writing its address", async () => {
  const ada = somebody();
  const device = await newDevice();
  await signInAt(device, ada);
  await device.isSignedIn();
  await device.settings();
  const erase = (email) =>
    device.fill("Delete the account", { fields: { "Your e-mail address": email }, submit: "Delete my account for ever" });
  await erase(somebody().email);
  await device.complains("This is not the e-mail address of your account.");
  await erase(ada.email);
  await device.isSignedOut();
  await signInAt(device, ada);
  await device.says("Welcome! Your account is made.");
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`the other ways in fit their window and are kept as pictures: ${size}`, async () => {
    const ada = somebody();
    const device = await newDevice(options);
    const picture = (view) => keep(device, `${size}-ways-${view}`);
    const ask = (submit) => device.fill("Sign in", { fields: { "E-mail": ada.email }, submit });
    await ask("E-mail me a link");
    await device.says("A mail with a link is on its way");
    await picture("1-link");
    await device.button("Use another way").click();
    await ask("E-mail me a code");
    await device.fill("Sign in by code", { fields: { Code: "0" }, submit: "Sign in" });
    await device.complains("This code is wrong.");
    await picture("2-code");
    await device.page.goto((await mail(ada.email, "magic-link")).url);
    await picture("3-confirm");
    await device.open();
    await device.button("Continue with dev").click();
    await at(device, ada, "Cancel");
    await device.complains("You cancelled at the provider.");
    await picture("4-cancelled");
    await signInAt(device, ada);
    await device.says("Welcome!");
    await picture("5-welcome");
    await device.settings();
    await device.button("Unlink dev").click();
    await device.complains("This is your last way to sign in.");
    await picture("6-settings");
  });
}
