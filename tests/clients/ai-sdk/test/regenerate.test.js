// Another reply: a branch of its own, beside the first one.

import assert from "node:assert/strict";
import { asMessages, conversationOf, echoOf, textOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { activeBranch, interactions, shownIsStored, storedMessages } from "../support/stored.js";

/** A chat with this number of turns. */
async function chatOf(sdk, person, turns) {
  const chat = sdk.open(person);
  for (const text of turns) await chat.sendMessage({ text });
  assert.equal(chat.error, undefined);
  return chat;
}

for (const [how, named] of [["without its id", false], ["by its id", true]]) {
  inEveryMajor(`the last question gets another reply, ${how}`, async (sdk) => {
    const person = await signedUp();
    const chat = await chatOf(sdk, person, ["one", "two"]);
    const before = chat.lastMessage;
    await chat.regenerate(named ? { messageId: before.id } : {});
    assert.equal(chat.messages.length, 4);
    assert.notEqual(chat.lastMessage.id, before.id);
    assert.equal(textOf(chat.lastMessage), echoOf("two"));
    const { metadata } = chat.lastMessage;
    assert.equal(metadata.user_message_id, before.metadata.user_message_id);
    assert.notEqual(metadata.interaction_id, before.metadata.interaction_id);
    assert.deepEqual(metadata.history, { messages: 2, truncated: false });
    assert.equal((await shownIsStored(chat, person)).length, 4);
    assert.equal((await interactions(person)).length, 3);
    await chat.sendMessage({ text: "three" });
    assert.equal((await shownIsStored(chat, person)).length, 6);
  });
}

inEveryMajor("a question gets another reply again and again", async (sdk) => {
  const person = await signedUp();
  const chat = await chatOf(sdk, person, ["one"]);
  const ids = [chat.lastMessage.id];
  for (let time = 0; time < 3; time += 1) {
    await chat.regenerate();
    ids.push(chat.lastMessage.id);
  }
  assert.equal(new Set(ids).size, 4);
  assert.equal((await shownIsStored(chat, person)).length, 2);
});

inEveryMajor("a chat that was loaded from the store gets another reply", async (sdk) => {
  const person = await signedUp();
  const conversation = conversationOf(await chatOf(sdk, person, ["one"]));
  const messages = asMessages(await activeBranch(person, conversation));
  const chat = sdk.open(person, { id: String(conversation), messages });
  await chat.regenerate({ messageId: messages[1].id });
  assert.notEqual(chat.lastMessage.id, messages[1].id);
  assert.equal((await shownIsStored(chat, person)).length, 2);
});

inEveryMajor("another reply that is asked for in two tabs at once is one reply", async (sdk) => {
  const person = await signedUp();
  const conversation = conversationOf(await chatOf(sdk, person, ["[[slow]] one"]));
  const messages = asMessages(await activeBranch(person, conversation));
  const open = () => sdk.open(person, { id: String(conversation), messages });
  const tabs = [open(), open()];
  await Promise.all(tabs.map((chat) => chat.regenerate()));
  assert.notEqual(tabs[0].lastMessage.id, messages[1].id);
  assert.equal(tabs[1].lastMessage.id, tabs[0].lastMessage.id);
  for (const chat of tabs) assert.equal((await shownIsStored(chat, person)).length, 2);
  assert.equal((await interactions(person)).length, 2);
});

inEveryMajor("another reply to an older question is a branch", async (sdk) => {
  const person = await signedUp();
  const chat = await chatOf(sdk, person, ["one", "two"]);
  const conversation = conversationOf(chat);
  const before = await storedMessages(person, conversation);
  await chat.regenerate({ messageId: chat.messages[1].id });
  assert.equal((await shownIsStored(chat, person)).length, 2);
  assert.equal(chat.lastMessage.metadata.branched, true);
  assert.deepEqual(chat.lastMessage.metadata.history, { messages: 0, truncated: false });
  const after = await storedMessages(person, conversation);
  assert.deepEqual(after.slice(0, 4), before);
  assert.equal(after[4].parent_id, before[0].id);
});
