// A message that is sent again does not go to the assistant again.

import assert from "node:assert/strict";
import { conversationOf, echoOf, question, textOf } from "../support/messages.js";
import { failed, firstWords } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { interactions, lines, shownIsStored, storedMessages } from "../support/stored.js";

/** Sends a message over a transport alone; gives the id and the text of the reply that comes. */
async function replyTo(transport, chatId, message) {
  const trigger = "submit-message";
  const stream = await transport.sendMessages({ chatId, messages: [message], trigger });
  const reply = { id: undefined, text: "" };
  for await (const chunk of stream) {
    if (chunk.type === "start") reply.id = chunk.messageId;
    if (chunk.type === "text-delta") reply.text += chunk.delta;
    assert.notEqual(chunk.type, "error", chunk.errorText);
  }
  return reply;
}

inEveryMajor("a message that is sent again has the same reply", async (sdk) => {
  const person = await signedUp();
  const transport = sdk.transport(person);
  const message = question("my-id", "one");
  const first = await replyTo(transport, "a-chat", message);
  assert.equal(first.text, echoOf("one"));
  assert.deepEqual(await replyTo(transport, "a-chat", message), first);
  const chat = sdk.open(person, { id: "a-chat" });
  await chat.sendMessage(message);
  assert.equal(chat.lastMessage.id, first.id);
  assert.equal((await shownIsStored(chat, person)).length, 2);
  assert.equal((await interactions(person)).length, 1);
});

inEveryMajor("a late message brings its own reply back, and does not go to the assistant again", async (sdk) => {
  const person = await signedUp();
  const message = question("my-id", "one");
  const chat = sdk.open(person, { id: "a-chat" });
  await chat.sendMessage(message);
  const first = chat.lastMessage;
  await chat.regenerate();
  await shownIsStored(chat, person);
  const late = sdk.open(person, { id: "a-chat" });
  await late.sendMessage(message);
  assert.equal(late.lastMessage.id, first.id);
  assert.equal((await shownIsStored(late, person)).length, 2);
  assert.equal((await interactions(person)).length, 2);
});

inEveryMajor("a message that is sent twice at once has one reply", async (sdk) => {
  const person = await signedUp();
  const transport = sdk.transport(person);
  const text = "[[slow]] one, and one only";
  const both = [0, 1].map(() => replyTo(transport, "a-chat", question("my-id", text)));
  const [first, second] = await Promise.all(both);
  assert.equal(first.text, echoOf(text));
  assert.deepEqual(second, first);
  const { conversations } = await person.read("/api/conversations");
  assert.equal(conversations.length, 1);
  const rows = await storedMessages(person, conversations[0].id);
  assert.deepEqual(lines(rows), [`user: ${text}`, `assistant: ${first.text}`]);
  assert.equal((await interactions(person)).length, 1);
});

inEveryMajor("the same words under another id are another message", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage(question("one", "again"));
  await chat.sendMessage(question("two", "again"));
  assert.equal((await shownIsStored(chat, person)).length, 4);
});

inEveryMajor("while a reply streams, another message has to wait", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person, { id: "a-chat" });
  const sending = chat.sendMessage({ text: "[[slow]] one" });
  await firstWords(chat);
  const other = sdk.open(person, { id: "a-chat" });
  await other.sendMessage({ text: "two" });
  failed(other, 409, "TURN_IN_PROGRESS");
  await sending;
  assert.equal((await shownIsStored(chat, person)).length, 2);
  other.messages = chat.messages;
  await other.sendMessage({ text: "two" });
  assert.equal(textOf(other.lastMessage), echoOf("two"));
  assert.equal(conversationOf(other), conversationOf(chat));
  assert.equal((await shownIsStored(other, person)).length, 4);
});
