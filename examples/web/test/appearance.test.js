import { test } from "node:test";
import { API } from "./support/settings.js";
import { newDevice, somebody } from "./support/stage.js";
import { keep, SIZES } from "./support/views.js";

for (const [size, options] of Object.entries(SIZES)) {
  const picture = (device, view) => keep(device, `${size}-${view}`);

  test(`the way in and the settings fit their window and are accessible: ${size}`, async () => {
    const ada = somebody();
    const device = await newDevice(options);
    await device.isSignedOut();
    await picture(device, "1-sign-in");
    await device.button("Create an account").click();
    await picture(device, "1-sign-up");
    await device.signUp({ ...ada, password: "short" }, { Software: "Beginner", Hardware: "Robotics" });
    await device.complains("at least 8 characters");
    await picture(device, "2-sign-up-refused");
    await device.signUp(ada);
    await device.settings();
    await device.shows(device.panel("Stored profile").getByText("robotics"));
    await picture(device, "3-settings");
    const other = await newDevice({ userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0" });
    await other.signIn(ada);
    await other.isSignedIn();
    await device.button("Refresh").click();
    await device.lists(2);
    await device.fill("Background", { choices: { Software: "Advanced" }, submit: "Save" });
    await device.says("Saved.");
    await device.fill("Password", { submit: "Change the password" });
    await device.shows(device.page.getByRole("alert"));
    await picture(device, "4-settings-at-work");
    await device.button("Sign out everywhere").click();
    await device.says("This device is signed out.");
    await picture(device, "5-signed-out");
    await device.context.route(`${API.origin}/**`, (route) => route.abort());
    await device.open();
    await device.complains("The server cannot be reached.");
    await picture(device, "6-unreachable");
  });
}
