// A page that is loaded while a reply runs joins the reply.

import assert from "node:assert/strict";
import { asMessages, conversationOf, echoOf, question, textOf } from "../support/messages.js";
import { firstWords } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { growth } from "../support/seen.js";
import { activeBranch, shownIsStored } from "../support/stored.js";

const slow = "[[slow]] Tell me everything that you know about servos, from the beginning";

for (const id of ["main", "motors/äö ?#%"]) {
  inEveryMajor(`a running reply of ${id} is joined from its beginning`, async (sdk) => {
    const person = await signedUp();
    const chat = sdk.open(person, { id });
    const sending = chat.sendMessage({ text: slow });
    await firstWords(chat);
    const messages = asMessages(await activeBranch(person, conversationOf(chat)));
    assert.equal(messages.length, 1);
    const reloaded = sdk.open(person, { id, messages });
    await reloaded.resumeStream();
    await sending;
    assert.equal(reloaded.lastMessage.id, chat.lastMessage.id);
    assert.equal(textOf(reloaded.lastMessage), echoOf(slow));
    assert.equal((await shownIsStored(reloaded, person)).length, 2);
  });
}

inEveryMajor("a reply that is joined goes on growing", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  const sending = chat.sendMessage({ text: `${slow} ${"and on ".repeat(40)}` });
  await firstWords(chat);
  const reloaded = sdk.open(person, { id: String(conversationOf(chat)) });
  await reloaded.resumeStream();
  assert.ok(growth(reloaded).length > 1, "it came all at once");
  await sending;
  assert.equal(textOf(reloaded.lastMessage), textOf(chat.lastMessage));
});

inEveryMajor("a chat that hung up takes its reply up again", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  const sending = chat.sendMessage({ text: slow });
  await firstWords(chat);
  await chat.stop();
  await sending;
  await chat.resumeStream();
  assert.equal(textOf(chat.lastMessage), echoOf(slow));
  assert.equal((await shownIsStored(chat, person)).length, 2);
});

inEveryMajor("a message that is sent again joins its running reply", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person, { id: "main" });
  const sending = chat.sendMessage(question("my-id", slow));
  await firstWords(chat);
  const reloaded = sdk.open(person, { id: "main" });
  await reloaded.sendMessage(question("my-id", slow));
  await sending;
  assert.equal(reloaded.lastMessage.id, chat.lastMessage.id);
  assert.equal((await shownIsStored(reloaded, person)).length, 2);
});

inEveryMajor("where nothing runs, nothing happens", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person, { id: "main" });
  await chat.sendMessage({ text: "one" });
  const messages = asMessages(await activeBranch(person, conversationOf(chat)));
  const finished = [messages, "main"];
  const byNumber = [messages, String(conversationOf(chat))];
  for (const [messages, id] of [finished, byNumber, [[], "never-used"]]) {
    const errors = [];
    const reloaded = sdk.open(person, { id, messages, onError: (error) => errors.push(error) });
    await reloaded.resumeStream();
    assert.deepEqual(errors, []);
    assert.equal(reloaded.status, "ready");
    assert.deepEqual(reloaded.messages, messages);
  }
});
