// A reply is stopped, and the next button is pressed at once.

import assert from "node:assert/strict";
import { buttons } from "../support/buttons.js";
import { asMessages, conversationOf, echoOf, textOf } from "../support/messages.js";
import { until } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { activeBranch, shownIsStored, storedMessages } from "../support/stored.js";

const slow = `[[slow]] Tell me everything about servos ${"and about motors ".repeat(12).trim()}`;

/** A chat whose second reply has begun, and who waits for it. */
async function running(sdk, person) {
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  const shown = chat.seen.length;
  const sending = chat.sendMessage({ text: slow });
  await until("a reply begins", () => {
    const { status, text } = chat.seen.at(-1);
    return chat.seen.length > shown && status === "streaming" && text?.length > 0;
  });
  return { chat, sending, conversation: conversationOf(chat) };
}

/** Its reply is there already, so the running one goes on. */
const unchanged = "save the first question unchanged";
for (const [name, button] of Object.entries(buttons)) {
  inEveryMajor(`stop, and ${name} at once`, async (sdk) => {
    const person = await signedUp();
    const { chat, sending, conversation } = await running(sdk, person);
    const before = await storedMessages(person, conversation);
    await chat.stop();
    const { id: stopped } = chat.lastMessage;
    assert.ok(textOf(chat.lastMessage).length < echoOf(slow).length, "it was complete already");
    await button(chat);
    await sending;
    await shownIsStored(chat, person, { stopped });
    if (name === unchanged) {
      await until("the other reply is stored", async () => {
        return (await storedMessages(person, conversation)).length === 4;
      });
    }
    const after = await storedMessages(person, conversation);
    assert.deepEqual(after.slice(0, before.length), before);
    await chat.sendMessage({ text: "and then" });
    await shownIsStored(chat, person, { stopped });
  });
}

inEveryMajor("stop before the first word, and send at once", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  const conversation = conversationOf(chat);
  const sending = chat.sendMessage({ text: slow });
  await until("the question is stored", async () => {
    return (await storedMessages(person, conversation)).length === 3;
  });
  await chat.stop();
  await sending;
  const { id: stopped } = chat.lastMessage;
  await chat.sendMessage({ text: "two" });
  await shownIsStored(chat, person, { stopped });
});

inEveryMajor("stop before the request has left, and send at once", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  const sending = chat.sendMessage({ text: slow });
  await chat.stop();
  await sending;
  await chat.sendMessage({ text: "two" });
  assert.equal(textOf(chat.lastMessage), echoOf("two"));
  // The question that was stopped may never have arrived.
  const branch = await activeBranch(person, conversationOf(chat));
  const shown = chat.messages.map(textOf).filter((text) => text !== slow);
  const stored = branch.map(({ content }) => content).filter((content) => content !== slow);
  assert.deepEqual(shown, stored);
});

inEveryMajor("stop, and the page shows a beginning of what is stored in the end", async (sdk) => {
  const person = await signedUp();
  const { chat, sending, conversation } = await running(sdk, person);
  await chat.stop();
  await sending;
  const { id: stopped } = chat.lastMessage;
  await until("the reply is stored", async () => {
    return (await storedMessages(person, conversation)).length === 4;
  });
  await shownIsStored(chat, person, { stopped });
});

inEveryMajor("another device that has seen the question takes over, too", async (sdk) => {
  const person = await signedUp();
  const { chat, sending, conversation } = await running(sdk, person);
  const messages = asMessages(await activeBranch(person, conversation));
  const other = sdk.open(person, { id: String(conversation), messages });
  await other.sendMessage({ text: "two" });
  assert.equal(textOf(other.lastMessage), echoOf("two"));
  await sending;
  const shown = textOf(chat.lastMessage);
  const rows = await storedMessages(person, conversation);
  const reply = rows.find(({ id }) => String(id) === chat.lastMessage.id);
  assert.equal(reply.content, shown);
  assert.ok(shown.length < echoOf(slow).length, "it was not stopped");
  const reloaded = asMessages(await activeBranch(person, conversation));
  assert.deepEqual(reloaded.map(textOf), other.messages.map(textOf));
});

inEveryMajor("two tabs stop and send at once", async (sdk) => {
  const person = await signedUp();
  const { chat, sending, conversation } = await running(sdk, person);
  await chat.stop();
  await sending;
  const open = () => sdk.open(person, { id: chat.id, messages: chat.messages });
  const tabs = [open(), open()];
  await Promise.all(tabs.map((tab, index) => tab.sendMessage({ text: `tab ${index}` })));
  const replied = tabs.filter(({ status }) => status === "ready");
  assert.ok(replied.length > 0);
  for (const tab of tabs) {
    if (tab.status === "error") assert.equal(JSON.parse(tab.error.message).code, "TURN_IN_PROGRESS");
  }
  const rows = await storedMessages(person, conversation);
  const stopped = rows.find(({ id }) => String(id) === chat.lastMessage.id);
  assert.ok(stopped.content.startsWith(textOf(chat.lastMessage)));
});
