// What is checked of every reply.

import assert from "node:assert/strict";

/** Expects the tokens that the model itself counted. */
export function counted(usage, model) {
  const { prompt_tokens, end } = model.requests.at(-1);
  const expected = { input_tokens: prompt_tokens, output_tokens: end.completion_tokens, estimated: false };
  assert.deepEqual(usage, expected);
  assert.ok(usage.input_tokens > 0 && usage.output_tokens > 0);
}

/** Expects question and reply as the last two stored messages. */
export async function replied(caller, conversation, question, reply) {
  const stored = (await caller.stored(conversation)).slice(-2);
  const expected = [["user", question], ["assistant", reply]];
  assert.deepEqual(stored.map(({ role, content }) => [role, content]), expected);
}
