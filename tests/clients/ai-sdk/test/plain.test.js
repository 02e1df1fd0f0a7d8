// The same route without the SDK: JSON in and out, or a stream for who accepts one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { echoOf, question } from "../support/messages.js";
import { refused } from "../support/outcome.js";
import { signedUp } from "../support/people.js";
import { activeBranch, lines, storedMessages } from "../support/stored.js";

/** Asks, and expects a reply as JSON. */
async function replied(person, body, headers) {
  const response = await person.request("POST", "/api/chat", body, headers);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^application\/json/);
  return response.json();
}

test("a text gets its reply as JSON", async () => {
  const person = await signedUp();
  const first = await replied(person, { message: "one" });
  const { usage, interaction_id, conversation_id, user_message_id, message_id, ...rest } = first;
  const history = { messages: 0, truncated: false };
  const expected = { parent_id: null, response: echoOf("one"), finish_reason: "stop", history };
  assert.deepEqual(rest, expected);
  assert.deepEqual(Object.keys(usage).sort(), ["estimated", "input_tokens", "output_tokens"]);
  const rows = await storedMessages(person, conversation_id);
  assert.deepEqual(rows.map(({ id }) => id), [user_message_id, message_id]);
  const second = await replied(person, { message: "two", conversation_id });
  assert.equal(second.conversation_id, conversation_id);
  assert.equal(second.parent_id, message_id);
  assert.deepEqual(second.history, { messages: 2, truncated: false });
  assert.equal((await replied(person, { message: "three" })).history.messages, 0);
});

test("a text goes after the message that it names", async () => {
  const person = await signedUp();
  const { conversation_id, message_id } = await replied(person, { message: "one" });
  await replied(person, { message: "two", conversation_id });
  for (const parent_id of [message_id, null]) {
    const branch = await replied(person, { message: "other", conversation_id, parent_id });
    assert.equal(branch.parent_id, parent_id);
    const rows = await activeBranch(person, conversation_id);
    assert.equal(rows.length, parent_id === null ? 2 : 4);
    assert.equal(rows.at(-1).id, branch.message_id);
  }
  const unknown = { message: "other", conversation_id, parent_id: 999 };
  await refused(await person.request("POST", "/api/chat", unknown), 404, "MESSAGE_NOT_FOUND");
});

test("a text under an idempotency key goes to the assistant once", async () => {
  const person = await signedUp();
  const key = { "idempotency-key": "a-key" };
  const { history, ...first } = await replied(person, { message: "one" }, key);
  const { history: unknown, ...again } = await replied(person, { message: "one" }, key);
  assert.equal(unknown, null);
  assert.deepEqual(again, first);
  const other = await person.request("POST", "/api/chat", { message: "two" }, key);
  await refused(other, 422, "IDEMPOTENCY_KEY_REUSED");
  const rows = await storedMessages(person, first.conversation_id);
  assert.deepEqual(lines(rows), ["user: one", `assistant: ${echoOf("one")}`]);
});

test("who accepts a stream gets one, and who accepts JSON gets that", async () => {
  const person = await signedUp();
  const accept = { accept: "text/event-stream" };
  const response = await person.request("POST", "/api/chat", { message: "one" }, accept);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(response.headers.get("x-vercel-ai-ui-message-stream"), "v1");
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: "));
  const chunks = events.map((event) => event.slice("data: ".length));
  assert.equal(chunks.pop(), "[DONE]");
  const types = chunks.map((chunk) => JSON.parse(chunk).type);
  assert.deepEqual(types.filter((type, index) => type !== types[index - 1]), [
    "start",
    "start-step",
    "text-start",
    "text-delta",
    "text-end",
    "finish-step",
    "finish",
  ]);
  const message = question("my-id", "two");
  const whole = await replied(person, { message }, { accept: "application/json" });
  assert.equal(whole.response, echoOf("two"));
});

test("a question that can't get a reply is a problem", async () => {
  const person = await signedUp();
  const ask = (body) => person.request("POST", "/api/chat", body);
  await refused(await ask({ message: "[[down]]" }), 503, "ASSISTANT_UNAVAILABLE");
  await refused(await ask({ message: "[[fail]] tell me" }), 503, "ASSISTANT_UNAVAILABLE");
  await refused(await ask({ message: "" }), 422, "VALIDATION_ERROR");
  await refused(await ask({}), 422, "VALIDATION_ERROR");
  await refused(await ask({ message: "one", conversation_id: 999_999_999 }), 404, "CONVERSATION_NOT_FOUND");
});
