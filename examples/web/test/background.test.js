import assert from "node:assert/strict";
import { test } from "node:test";
import { newDevice, somebody } from "./support/stage.js";

const say = (device, Software, Hardware) =>
  device.fill("Background", { choices: { Software, Hardware }, submit: "Save" });

test("a change is seen in the profile, in the session and on another device", async () => {
  const ada = somebody();
  const device = await newDevice();
  await device.signUp(ada, { Software: "Beginner", Hardware: "Robotics" });
  await device.settings();
  await say(device, "Advanced", "Robotics");
  await device.says("Saved.");
  await device.shows(device.panel("Stored profile").getByText("advanced"));
  await device.shows(device.panel("Profile").getByText("advanced · robotics"));
  const other = await newDevice();
  await other.signIn(ada);
  await other.settings();
  assert.equal(await other.fact("Stored profile", "Software"), "advanced");
  assert.equal(await other.form("Background").getByLabel("Advanced").isChecked(), true);
});

test("who had none can add one, and take it back", async () => {
  const device = await newDevice();
  await device.signUp(somebody());
  await device.settings();
  await say(device, "Intermediate", "None");
  await device.shows(device.panel("Stored profile").getByText("intermediate"));
  await say(device, "Not said", "Not said");
  await device.shows(device.panel("Stored profile").getByText("No background is stored."));
  await device.reload();
  await device.shows(device.panel("Stored profile").getByText("No background is stored."));
});
