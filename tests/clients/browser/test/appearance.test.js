import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { newDevice, somebody } from "./support/stage.js";

const folder = fileURLToPath(new URL("../screenshots/", import.meta.url));

const SIZES = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
};

for (const [size, options] of Object.entries(SIZES)) {
  test(`every view fits its window and is kept as a picture: ${size}`, async () => {
    const ada = somebody();
    const device = await newDevice(options);
    const picture = (view) => keep(device, `${size}-${view}`);
    await device.isSignedOut();
    await picture("1-sign-in");
    await device.signUp({ ...ada, password: "short" }, { Software: "Beginner", Hardware: "Robotics" });
    await device.complains("at least 8 characters");
    await picture("2-sign-up-refused");
    await device.signUp(ada);
    await device.isSignedIn();
    await device.shows(device.panel("Stored profile").getByText("robotics"));
    await picture("3-signed-in");
    const other = await newDevice({ userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0" });
    await other.signIn(ada);
    await other.isSignedIn();
    await device.button("Refresh").click();
    await device.lists(2);
    await device.fill("Background", { choices: { Software: "Advanced" }, submit: "Save" });
    await device.says("Saved.");
    await device.fill("Password", { submit: "Change the password" });
    await device.shows(device.page.getByRole("alert"));
    await picture("4-at-work");
    await device.button("Sign out everywhere").click();
    await device.says("This device is signed out.");
    await picture("5-signed-out");
  });
}

/** Takes a picture of the whole page, which must not be wider than its window. */
async function keep(device, name) {
  const { page } = device;
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
  const excess = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.ok(excess <= 0, `${name} is ${excess} pixels wider than its window`);
}
