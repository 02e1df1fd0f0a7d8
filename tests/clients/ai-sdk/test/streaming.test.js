// A reply is shown as it comes, and stored as it was shown.

import assert from "node:assert/strict";
import { conversationOf, echoOf, textOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { growth, statuses } from "../support/seen.js";
import { shownIsStored } from "../support/stored.js";

/** Expects that each text begins with the one before. */
function grows(texts) {
  texts.forEach(({ text }, index) => {
    assert.ok(index === 0 || text.startsWith(texts[index - 1].text), `${text} took words back`);
  });
}

inEveryMajor("a reply is shown as it comes, and is stored as it was shown", async (sdk) => {
  const person = await signedUp();
  const finished = [];
  const chat = sdk.open(person, { onFinish: (event) => finished.push(event) });
  const text = "How does a servo hold its position? 🤖 \"Wörtlich\",\nplease.";
  await chat.sendMessage({ text });
  assert.deepEqual(statuses(chat), ["ready", "submitted", "streaming", "ready"]);
  const texts = growth(chat);
  assert.ok(texts.length > 3, `${texts.length} texts`);
  grows(texts);
  assert.equal(textOf(chat.lastMessage), echoOf(text));
  const rows = await shownIsStored(chat, person);
  assert.deepEqual(rows.map(({ role }) => role), ["user", "assistant"]);
  const [{ message, finishReason, isAbort, isDisconnect, isError }] = finished;
  assert.equal(finished.length, 1);
  assert.equal(message.id, String(rows[1].id));
  const ending = { finishReason, isAbort, isDisconnect, isError };
  const well = { finishReason: "stop", isAbort: false, isDisconnect: false, isError: false };
  assert.deepEqual(ending, well);
});

inEveryMajor("a slow reply is seen growing", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "[[slow]] Tell me everything about servos" });
  const texts = growth(chat);
  assert.ok(texts.length >= 5, `${texts.length} texts`);
  grows(texts);
  const time = texts.at(-1).at - texts[0].at;
  assert.ok(time > 1_000, `all of it came within ${time} ms`);
  assert.ok(texts.every(({ status }) => status === "streaming"));
  await shownIsStored(chat, person);
});

inEveryMajor("the metadata tell what a reply cost and what was seen of the chat", async (sdk) => {
  const chat = sdk.open(await signedUp());
  await chat.sendMessage({ text: "one" });
  const { usage, history, ...ids } = chat.lastMessage.metadata;
  assert.deepEqual(Object.keys(ids).sort(), [
    "branched",
    "conversation_id",
    "interaction_id",
    "parent_id",
    "user_message_id",
  ]);
  assert.ok(usage.input_tokens > 0 && usage.output_tokens > 0);
  assert.equal(usage.estimated, true);
  assert.deepEqual(history, { messages: 0, truncated: false });
  await chat.sendMessage({ text: "two" });
  assert.equal(conversationOf(chat), ids.conversation_id);
  assert.notEqual(chat.lastMessage.metadata.interaction_id, ids.interaction_id);
  assert.deepEqual(chat.lastMessage.metadata.history, { messages: 2, truncated: false });
});

inEveryMajor("a reply ends where a message is full", async (sdk) => {
  const person = await signedUp();
  const finished = [];
  const chat = sdk.open(person, { onFinish: (event) => finished.push(event) });
  await chat.sendMessage({ text: "long ".repeat(2_000) });
  assert.equal(finished[0].finishReason, "length");
  const [, reply] = await shownIsStored(chat, person);
  assert.equal(reply.content.length, 10_000);
});
