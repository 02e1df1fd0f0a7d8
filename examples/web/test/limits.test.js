import assert from "node:assert/strict";
import { test } from "node:test";
import { newDevice, somebody } from "./support/stage.js";

/** Failures in a row after which an account waits. */
const FREE = 5;

test("a common password and half a background are refused in words", async () => {
  const device = await newDevice();
  await device.signUp({ ...somebody(), password: "password1" });
  await device.complains("This password is one of the commonest.");
  await device.signUp(somebody(), { Software: "Advanced" });
  await device.complains("Hardware background: ");
});

test("half of a background cannot be taken back", async () => {
  const device = await newDevice();
  await device.signUp(somebody(), { Software: "Advanced", Hardware: "Other" });
  await device.settings();
  await device.fill("Background", { choices: { Hardware: "Not said" }, submit: "Save" });
  await device.complains("Hardware background: ");
  assert.equal(await device.fact("Stored profile", "Hardware"), "other");
});

test("who guesses too often sees how long to wait", async () => {
  const device = await newDevice();
  const nobody = somebody();
  for (let guess = 0; guess < FREE; guess += 1) {
    const responded = device.page.waitForResponse(/\/sign-in\/email$/);
    await device.signIn({ ...nobody, password: `guess number ${guess}` });
    await responded;
  }
  await device.signIn(nobody);
  await device.complains(/Too many attempts\. Please try again in \d+ seconds\./);
});
