import { test } from "node:test";
import { newDevice, somebody } from "./support/stage.js";

const NEW = "a boat on the canal";

const change = (device, current, next) =>
  device.fill("Password", {
    fields: { "Current password": current, "New password": next },
    submit: "Change the password",
  });

test("a new password signs out every other device, and is the only one that works", async () => {
  const ada = somebody();
  const device = await newDevice();
  await device.signUp(ada);
  await device.settings();
  const other = await newDevice();
  await other.signIn(ada);
  await other.settings();
  await other.lists(2);

  await change(device, ada.password, NEW);
  await device.says("Changed. All other devices are signed out.");
  await device.lists(1);
  await device.open();
  await device.isSignedIn();

  await other.button("Refresh").click();
  await other.isSignedOut();
  await other.signIn(ada);
  await other.complains("The e-mail address or the password is wrong.");
  await other.signIn({ ...ada, password: NEW });
  await other.isSignedIn();
});

test("a wrong current password and a short new one change nothing", async () => {
  const ada = somebody();
  const device = await newDevice();
  await device.signUp(ada);
  await device.settings();
  await change(device, "not the password", NEW);
  await device.complains("The current password is wrong.");
  await change(device, ada.password, "short");
  await device.complains("A password needs at least 8 characters.");
  const other = await newDevice();
  await other.signIn(ada);
  await other.isSignedIn();
});
