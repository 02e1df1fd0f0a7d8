// A chat that hangs up, and a chat that is stopped.

import assert from "node:assert/strict";
import { conversationOf, echoOf, textOf } from "../support/messages.js";
import { firstWords, refused, until } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { interactions, lines, shownIsStored, storedMessages } from "../support/stored.js";

const slow = "[[slow]] Tell me everything that you know about servos, from the beginning";

/** Asks the server to stop what runs in a chat. */
function stop(person, chat) {
  return person.request("POST", `/api/chat/${encodeURIComponent(chat.id)}/stop`);
}

inEveryMajor("a client that hangs up loses nothing of the reply", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  const sending = chat.sendMessage({ text: slow });
  await firstWords(chat);
  await chat.stop();
  await sending;
  assert.equal(chat.status, "ready");
  assert.ok(textOf(chat.lastMessage).length < echoOf(slow).length, "it was complete already");
  const conversation = conversationOf(chat);
  const rows = await until("the reply is stored", async () => {
    const rows = await storedMessages(person, conversation);
    return rows.length === 2 && rows;
  });
  assert.deepEqual(lines(rows), [`user: ${slow}`, `assistant: ${echoOf(slow)}`]);
  assert.equal(String(rows[1].id), chat.lastMessage.id);
  assert.equal((await interactions(person))[0].id, chat.lastMessage.metadata.interaction_id);
  await chat.sendMessage({ text: "two" });
  assert.equal(textOf(chat.lastMessage), echoOf("two"));
  assert.equal((await storedMessages(person, conversation)).length, 4);
});

inEveryMajor("a client that hangs up just after its question loses nothing either", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person, { id: "a-chat" });
  await chat.sendMessage({ text: "one" });
  const conversation = conversationOf(chat);
  const sending = chat.sendMessage({ text: slow });
  await until("the question is stored", async () => {
    return (await storedMessages(person, conversation)).length === 3;
  });
  await chat.stop();
  await sending;
  const rows = await until("the reply is stored", async () => {
    const rows = await storedMessages(person, conversation);
    return rows.length === 4 && rows;
  });
  assert.equal(rows[3].content, echoOf(slow));
});

inEveryMajor("a reply that is stopped ends with what has come", async (sdk) => {
  const person = await signedUp();
  const finished = [];
  const chat = sdk.open(person, { id: "a chat", onFinish: (event) => finished.push(event) });
  await chat.sendMessage({ text: "one" });
  assert.equal((await stop(person, chat)).status, 204);
  const sending = chat.sendMessage({ text: slow });
  await firstWords(chat);
  assert.equal((await stop(person, chat)).status, 204);
  await sending;
  assert.equal(finished[1].finishReason, "stop");
  const [, , , reply] = await shownIsStored(chat, person);
  assert.ok(reply.content.length > 0);
  assert.ok(reply.content.length < echoOf(slow).length, "it was not stopped");
  assert.ok(echoOf(slow).startsWith(reply.content));
  await chat.sendMessage({ text: "two" });
  assert.equal(textOf(chat.lastMessage), echoOf("two"));
  assert.equal((await shownIsStored(chat, person)).length, 6);
});

inEveryMajor("only a chat's own user can stop it", async (sdk) => {
  const [person, other] = [await signedUp(), await signedUp()];
  const chat = sdk.open(person, { id: "main" });
  const sending = chat.sendMessage({ text: slow });
  await firstWords(chat);
  await refused(await stop(other, chat), 404, "CONVERSATION_NOT_FOUND");
  const byNumber = { id: String(conversationOf(chat)) };
  await refused(await stop(other, byNumber), 404, "CONVERSATION_NOT_FOUND");
  await sending;
  assert.equal(textOf(chat.lastMessage), echoOf(slow));
});
