// An edited question: a branch of its own, beside what it was.

import assert from "node:assert/strict";
import { asMessages, conversationOf, echoOf, textOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { activeBranch, lines, shownIsStored, storedMessages } from "../support/stored.js";

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
  assert.deepEqual(chat.lastMessage.metadata.branched, true);
  assert.deepEqual(lines(await shownIsStored(chat, person)).slice(2), edited);
  assert.equal((await storedMessages(person, conversationOf(chat))).length, 6);
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
  // Back at its first text it has its first reply.
  assert.equal((await storedMessages(person, conversationOf(chat))).length, 6);
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
  const messages = asMessages(await activeBranch(person, conversation));
  const chat = sdk.open(person, { id: String(conversation), messages });
  await chat.sendMessage({ messageId: messages[0].id, text: "uno" });
  assert.deepEqual(lines(await shownIsStored(chat, person)), edited);
});

inEveryMajor("an older question is edited, and the user goes back to what followed it", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  await chat.sendMessage({ text: "two" });
  const conversation = conversationOf(chat);
  const before = await storedMessages(person, conversation);
  await chat.sendMessage({ messageId: chat.messages[0].id, text: "uno" });
  assert.deepEqual(lines(await shownIsStored(chat, person)), edited);
  assert.equal(chat.lastMessage.metadata.parent_id, null);
  assert.deepEqual((await storedMessages(person, conversation)).slice(0, 4), before);
  const chosen = { active_message_id: before.at(-1).id };
  const response = await person.request("PATCH", `/api/conversations/${conversation}`, chosen);
  assert.equal(response.status, 200);
  const messages = asMessages(await activeBranch(person, conversation));
  const other = sdk.open(person, { id: String(conversation), messages });
  assert.deepEqual(messages.map(textOf), before.map(({ content }) => content));
  await other.sendMessage({ text: "three" });
  assert.deepEqual((await shownIsStored(other, person)).slice(0, 4), before);
  assert.equal(other.lastMessage.metadata.branched, false);
});

inEveryMajor("an edit of a long chat is a branch of it", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  for (let count = 1; count <= 15; count += 1) await chat.sendMessage({ text: `number ${count}` });
  await chat.sendMessage({ messageId: chat.messages[26].id, text: "unlucky" });
  assert.equal((await shownIsStored(chat, person)).length, 28);
  await chat.regenerate({ messageId: chat.messages[25].id });
  assert.equal((await shownIsStored(chat, person)).length, 26);
});
