// What the model gets to know of the user.

import assert from "node:assert/strict";

export const title = "the notes about the person reach the model";

export async function check({ caller, model, say }) {
  const { user_context: context } = await caller.get("/api/personalization/context");
  const [first] = model.requests.at(-1).messages;
  say.fact(`notes: ${context.personalization_notes}`);
  say.fact(`system prompt: ${first.content.replaceAll("\n", " ")}`);

  assert.equal(first.role, "system");
  assert.ok(first.content.includes(context.personalization_notes));
}
