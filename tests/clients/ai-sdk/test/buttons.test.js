// Whatever is pressed: the page shows the active branch, and nothing that was stored is gone.

import assert from "node:assert/strict";
import { buttons } from "../support/buttons.js";
import { asMessages, conversationOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { activeBranch, shownIsStored, storedMessages } from "../support/stored.js";

/** A chat of two turns. */
async function twoTurns(sdk, person) {
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  await chat.sendMessage({ text: "two" });
  await shownIsStored(chat, person);
  return chat;
}

/** The same chat on another device, or after a reload. */
async function reloaded(sdk, person, chat) {
  const id = conversationOf(chat);
  const messages = asMessages(await activeBranch(person, id));
  const other = sdk.open(person, { id: String(id), messages });
  await other.resumeStream();
  assert.deepEqual(other.messages, messages);
  return other;
}

/** Presses a button and expects that the page shows the branch, and that all from before is stored. */
async function press(chat, person, conversation, button) {
  const before = await storedMessages(person, conversation);
  await button(chat);
  await shownIsStored(chat, person);
  const after = await storedMessages(person, conversation);
  assert.deepEqual(after.slice(0, before.length), before);
}

for (const [name, button] of Object.entries(buttons)) {
  inEveryMajor(`${name}, and go on`, async (sdk) => {
    const person = await signedUp();
    const chat = await twoTurns(sdk, person);
    const conversation = conversationOf(chat);
    await press(chat, person, conversation, button);
    await press(chat, person, conversation, buttons.send);
    const other = await reloaded(sdk, person, chat);
    await press(other, person, conversation, (chat) => chat.sendMessage({ text: "four" }));
  });

  inEveryMajor(`after a reload, ${name}`, async (sdk) => {
    const person = await signedUp();
    const chat = await twoTurns(sdk, person);
    const other = await reloaded(sdk, person, chat);
    const conversation = conversationOf(chat);
    await press(other, person, conversation, button);
    await press(other, person, conversation, button);
    await press(await reloaded(sdk, person, other), person, conversation, buttons.send);
  });
}

inEveryMajor("one button after another", async (sdk) => {
  const person = await signedUp();
  const chat = await twoTurns(sdk, person);
  const conversation = conversationOf(chat);
  const order = [
    "edit the first question",
    "send",
    "regenerate the first reply",
    "send",
    "edit the last question in place",
    "regenerate",
    "edit the first question in place",
    "save the first question unchanged",
    "send",
    "regenerate after the first question",
  ];
  for (const name of order) await press(chat, person, conversation, buttons[name]);
});
