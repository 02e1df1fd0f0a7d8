// An assistant that breaks off.

import assert from "node:assert/strict";
import { conversationOf, echoOf, textOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { interactions, lines, shownIsStored, storedMessages } from "../support/stored.js";

const broken = "[[fail]] Tell me about servos";

/** Expects that a reply broke off, and that its question is all that is stored after `before`. */
async function brokeOff(chat, person, before = []) {
  assert.equal(chat.status, "error");
  const { message } = chat.error;
  assert.ok(message.length > 0 && !message.includes("echo"), message);
  const rows = await storedMessages(person, conversationOf(chat));
  assert.deepEqual(lines(rows), [...before, `user: ${broken}`]);
}

inEveryMajor("a reply that breaks off is an error, and its question is kept", async (sdk) => {
  const person = await signedUp();
  const errors = [];
  const chat = sdk.open(person, { onError: (error) => errors.push(error) });
  await chat.sendMessage({ text: broken });
  await brokeOff(chat, person);
  assert.deepEqual(errors, [chat.error]);
  const text = textOf(chat.lastMessage);
  assert.ok(text.length > 0 && text.length < echoOf(broken).length, text);
  assert.deepEqual(await interactions(person), []);
});

inEveryMajor("a reply that broke off is tried again, and the chat goes on", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  const before = ["user: one", `assistant: ${echoOf("one")}`];
  await chat.sendMessage({ text: broken });
  await brokeOff(chat, person, before);
  for (let time = 0; time < 2; time += 1) {
    await chat.regenerate();
    await brokeOff(chat, person, before);
  }
  await chat.sendMessage({ text: "two" });
  assert.equal(chat.status, "ready");
  assert.equal(textOf(chat.lastMessage), echoOf("two"));
  const rows = await storedMessages(person, conversationOf(chat));
  const after = ["user: two", `assistant: ${echoOf("two")}`];
  assert.deepEqual(lines(rows), [...before, `user: ${broken}`, ...after]);
});

inEveryMajor("a question whose reply broke off is edited", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: broken });
  await brokeOff(chat, person);
  await chat.sendMessage({ messageId: chat.messages[0].id, text: "And this?" });
  const rows = await shownIsStored(chat, person);
  assert.deepEqual(lines(rows), ["user: And this?", `assistant: ${echoOf("And this?")}`]);
});

inEveryMajor("an edit whose reply broke off is edited again", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  const [{ id: messageId }] = chat.messages;
  for (const text of [broken, "[[down]]"]) {
    await chat.sendMessage({ messageId, text });
    assert.equal(chat.status, "error");
  }
  await chat.sendMessage({ messageId, text: "And this?" });
  const rows = await shownIsStored(chat, person);
  assert.deepEqual(lines(rows), ["user: And this?", `assistant: ${echoOf("And this?")}`]);
});
