// Which conversation a chat is.

import assert from "node:assert/strict";
import { asMessages, conversationOf, echoOf } from "../support/messages.js";
import { failed } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { activeBranch, lines, shownIsStored, storedMessages } from "../support/stored.js";

inEveryMajor("a chat goes on in its conversation", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  await chat.sendMessage({ text: "two" });
  const rows = await shownIsStored(chat, person);
  const expected = ["user: one", `assistant: ${echoOf("one")}`];
  assert.deepEqual(lines(rows), [...expected, "user: two", `assistant: ${echoOf("two")}`]);
  const { conversations } = await person.read("/api/conversations");
  assert.deepEqual(conversations.map(({ id }) => id), [conversationOf(chat)]);
  assert.equal(conversations[0].title, "one");
});

inEveryMajor("a chat's id means the same in another tab", async (sdk) => {
  const person = await signedUp();
  const [one, two] = [sdk.open(person, { id: "motors/äö?" }), sdk.open(person, { id: "motors/äö?" })];
  await one.sendMessage({ text: "one" });
  await two.sendMessage({ text: "two" });
  assert.equal(conversationOf(two), conversationOf(one));
  assert.equal((await storedMessages(person, conversationOf(one))).length, 4);
});

inEveryMajor("two chats are two conversations", async (sdk) => {
  const person = await signedUp();
  const [one, two] = [sdk.open(person), sdk.open(person)];
  await one.sendMessage({ text: "one" });
  await two.sendMessage({ text: "two" });
  assert.notEqual(conversationOf(two), conversationOf(one));
  await shownIsStored(one, person);
  await shownIsStored(two, person);
});

inEveryMajor("two people may have chats of the same id", async (sdk) => {
  const people = [await signedUp(), await signedUp()];
  const chats = people.map((person) => sdk.open(person, { id: "main" }));
  for (const text of ["one", "two"]) {
    await Promise.all(chats.map((chat, index) => chat.sendMessage({ text: `${text} of ${index}` })));
  }
  for (const [index, chat] of chats.entries()) {
    const rows = await shownIsStored(chat, people[index]);
    const own = [`one of ${index}`, `two of ${index}`];
    const questions = rows.filter(({ role }) => role === "user").map(({ content }) => content);
    assert.deepEqual(questions, own);
    assert.equal(rows.length, 4);
  }
});

inEveryMajor("digits are the conversation itself", async (sdk) => {
  const person = await signedUp();
  const first = sdk.open(person);
  await first.sendMessage({ text: "one" });
  const id = conversationOf(first);
  const messages = asMessages(await activeBranch(person, id));
  const chat = sdk.open(person, { id: String(id), messages });
  await chat.sendMessage({ text: "two" });
  assert.equal(conversationOf(chat), id);
  assert.equal((await shownIsStored(chat, person)).length, 4);
});

inEveryMajor("a conversation_id in the body wins over the chat's id", async (sdk) => {
  const person = await signedUp();
  const first = sdk.open(person);
  await first.sendMessage({ text: "one" });
  const chat = sdk.open(person);
  const body = { conversation_id: conversationOf(first) };
  await chat.sendMessage({ text: "two" }, { body });
  assert.equal(conversationOf(chat), conversationOf(first));
  assert.equal((await storedMessages(person, conversationOf(first))).length, 4);
});

inEveryMajor("an id of more than 128 characters is 404", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person, { id: "x".repeat(128) });
  await chat.sendMessage({ text: "one" });
  await shownIsStored(chat, person);
  const other = sdk.open(person, { id: "x".repeat(129) });
  await other.sendMessage({ text: "one" });
  failed(other, 404, "CONVERSATION_NOT_FOUND");
});
