// An assistant that does not reply at all.

import assert from "node:assert/strict";
import { conversationOf, echoOf, textOf } from "../support/messages.js";
import { failed } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { lines, shownIsStored, storedMessages } from "../support/stored.js";

inEveryMajor("an assistant that is down is a problem before the stream", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person, { id: "a-chat" });
  await chat.sendMessage({ text: "one" });
  await chat.sendMessage({ text: "[[down]]" });
  failed(chat, 503, "ASSISTANT_UNAVAILABLE");
  assert.equal(chat.lastMessage.role, "user");
  const rows = await storedMessages(person, conversationOf(chat));
  assert.equal(lines(rows).at(-1), "user: [[down]]");
  await chat.regenerate();
  failed(chat, 503, "ASSISTANT_UNAVAILABLE");
  assert.deepEqual(await storedMessages(person, conversationOf(chat)), rows);
  await chat.sendMessage({ text: "two" });
  assert.equal(textOf(chat.lastMessage), echoOf("two"));
  assert.equal((await storedMessages(person, conversationOf(chat))).length, 5);
});

inEveryMajor("a chat that begins with an assistant that is down goes on", async (sdk) => {
  const person = await signedUp();
  const chat = sdk.open(person, { id: "a-chat" });
  await chat.sendMessage({ text: "[[down]]" });
  failed(chat, 503, "ASSISTANT_UNAVAILABLE");
  const [{ id: messageId }] = chat.messages;
  await chat.sendMessage({ messageId, text: "one" });
  const rows = await shownIsStored(chat, person);
  assert.deepEqual(lines(rows), ["user: one", `assistant: ${echoOf("one")}`]);
  assert.equal((await person.read("/api/conversations")).conversations.length, 1);
});
