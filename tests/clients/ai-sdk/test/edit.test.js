// Another question in place of the last one.

import assert from "node:assert/strict";
import { asMessages, conversationOf, echoOf, textOf } from "../support/messages.js";
import { failed } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { lines, shownIsStored, storedMessages } from "../support/stored.js";

const edited = ["user: uno", `assistant: ${echoOf("uno")}`];

inEveryMajor("the last question is edited, and gets a new reply", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "zero" });
  await chat.sendMessage({ text: "one" });
  const [, , { id: messageId }] = chat.messages;
  await chat.sendMessage({ messageId, text: "uno" });
  assert.equal(chat.messages.length, 4);
  assert.equal(chat.messages[2].id, messageId);
  assert.equal(textOf(chat.lastMessage), echoOf("uno"));
  assert.deepEqual(chat.lastMessage.metadata.history, { messages: 2, truncated: false });
  assert.deepEqual(lines(await shownIsStored(chat, person)).slice(2), edited);
});

inEveryMajor("a question is edited again, and back", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  const [{ id: messageId }] = chat.messages;
  for (const text of ["uno", "eins", "one"]) {
    await chat.sendMessage({ messageId, text });
    const rows = await shownIsStored(chat, person);
    assert.deepEqual(lines(rows), [`user: ${text}`, `assistant: ${echoOf(text)}`]);
  }
});

inEveryMajor("a question that is edited to what it was has a reply", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  const edit = { messageId: chat.messages[0].id, text: "one" };
  await chat.sendMessage(edit);
  assert.equal((await shownIsStored(chat, person)).length, 2);
  await chat.regenerate();
  await chat.sendMessage(edit);
  const rows = await shownIsStored(chat, person);
  assert.deepEqual(lines(rows), ["user: one", `assistant: ${echoOf("one")}`]);
});

inEveryMajor("a question that was loaded from the store is edited", async (sdk) => {
  const person = await signedUp();
  const first = sdk.open(person);
  await first.sendMessage({ text: "one" });
  const conversation = conversationOf(first);
  const messages = asMessages(await storedMessages(person, conversation));
  const chat = sdk.open(person, { id: String(conversation), messages });
  await chat.sendMessage({ messageId: messages[0].id, text: "uno" });
  assert.deepEqual(lines(await shownIsStored(chat, person)), edited);
});

inEveryMajor("an older question stays", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  await chat.sendMessage({ text: "two" });
  const conversation = conversationOf(chat);
  const before = await storedMessages(person, conversation);
  await chat.sendMessage({ messageId: chat.messages[0].id, text: "uno" });
  failed(chat, 409, "NOT_LAST_TURN");
  assert.deepEqual(await storedMessages(person, conversation), before);
});
