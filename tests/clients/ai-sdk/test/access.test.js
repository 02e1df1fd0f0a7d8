// A user's chats are for this user only.

import assert from "node:assert/strict";
import { asMessages, conversationOf, echoOf, textOf } from "../support/messages.js";
import { failed } from "../support/outcome.js";
import { nobody, Person, signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { activeBranch, shownIsStored } from "../support/stored.js";

inEveryMajor("a chat needs a session", async (sdk) => {
  const forged = new Person({ headers: { authorization: "Bearer something" } });
  for (const person of [nobody, forged]) {
    const chat = sdk.open(person);
    await chat.sendMessage({ text: "one" });
    failed(chat, 401, "UNAUTHORIZED");
    const joining = sdk.open(person);
    await joining.resumeStream();
    failed(joining, 401, "UNAUTHORIZED");
    const stopped = await person.request("POST", `/api/chat/${chat.id}/stop`);
    assert.equal(stopped.status, 401);
  }
});

inEveryMajor("another user's conversation is 404, like one that never existed", async (sdk) => {
  const [person, other] = [await signedUp(), await signedUp()];
  const own = sdk.open(person);
  await own.sendMessage({ text: "one" });
  const conversation = conversationOf(own);
  const messages = asMessages(await activeBranch(person, conversation));
  const problems = [];
  for (const id of [String(conversation), "999999999"]) {
    const open = () => sdk.open(other, { id, messages });
    for (const use of ["sendMessage", "regenerate", "resumeStream"]) {
      const chat = open();
      await chat[use]({ text: "two" });
      const { instance, ...problem } = failed(chat, 404, "CONVERSATION_NOT_FOUND");
      problems.push(problem);
    }
    const edited = open();
    await edited.sendMessage({ messageId: messages[0].id, text: "two" });
    failed(edited, 404, "CONVERSATION_NOT_FOUND");
  }
  for (const problem of problems) assert.deepEqual(problem, problems[0]);
  assert.equal((await shownIsStored(own, person)).length, 2);
});

inEveryMajor("another user's conversation is not reached by conversation_id either", async (sdk) => {
  const [person, other] = [await signedUp(), await signedUp()];
  const own = sdk.open(person);
  await own.sendMessage({ text: "one" });
  const chat = sdk.open(other, { id: "main" });
  await chat.sendMessage({ text: "two" }, { body: { conversation_id: conversationOf(own) } });
  failed(chat, 404, "CONVERSATION_NOT_FOUND");
  chat.messages = [];
  await chat.sendMessage({ text: "two" });
  assert.equal(textOf(chat.lastMessage), echoOf("two"));
  assert.equal((await shownIsStored(chat, other)).length, 2);
  assert.equal((await shownIsStored(own, person)).length, 2);
});
