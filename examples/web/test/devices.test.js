import assert from "node:assert/strict";
import { test } from "node:test";
import { newDevice, somebody } from "./support/stage.js";

const PHONE = {
  userAgent:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
};

/** One user on a computer and on a phone. */
async function both() {
  const ada = somebody();
  const computer = await newDevice();
  await computer.signUp(ada);
  await computer.isSignedIn();
  const phone = await newDevice(PHONE);
  await phone.signIn(ada);
  await phone.settings();
  await computer.settings();
  await computer.lists(2);
  return { ada, computer, phone };
}

test("each device is listed, and each marks itself", async () => {
  const { computer, phone } = await both();
  for (const [device, name] of [
    [computer, "Chrome on Linux"],
    [phone, "Safari on iPhone"],
  ]) {
    const marked = (await device.lists(2)).filter({ hasText: "This device" });
    assert.equal(await marked.count(), 1);
    assert.match(await marked.innerText(), new RegExp(name));
  }
});

test("a device that is signed out from another notices with its next call", async () => {
  const { computer, phone } = await both();
  await computer.button("Sign out Safari on iPhone").click();
  await computer.lists(1);
  await phone.button("Refresh").click();
  await phone.says("This device is signed out.");
  await phone.isSignedOut();
  await computer.open();
  await computer.isSignedIn();
});

test("a device that is signed out from another is so after a reload", async () => {
  const { computer, phone } = await both();
  await computer.button("Sign out Safari on iPhone").click();
  await computer.lists(1);
  await phone.open();
  await phone.isSignedOut();
});

test("a device can end its own session in the list", async () => {
  const { computer, phone } = await both();
  await computer.button("Sign out Chrome on Linux").click();
  await computer.isSignedOut();
  await phone.open();
  await phone.settings();
  await phone.lists(1);
});

test("signing out the others leaves this device alone", async () => {
  const { ada, computer, phone } = await both();
  const tablet = await newDevice();
  await tablet.signIn(ada);
  await tablet.settings();
  await tablet.lists(3);
  await computer.button("Sign out the others").click();
  await computer.lists(1);
  await computer.open();
  await computer.isSignedIn();
  for (const device of [phone, tablet]) {
    await device.open();
    await device.isSignedOut();
  }
});

test("signing out everywhere takes this device along", async () => {
  const { computer, phone } = await both();
  await computer.button("Sign out everywhere").click();
  await computer.isSignedOut();
  await phone.open();
  await phone.isSignedOut();
});
