// A reader that leaves in the middle of a reply.

import assert from "node:assert/strict";
import { eventually } from "../support/waiting.js";
import { readSome } from "../tessera/chunks.js";

export const title = "a hang-up in the middle of a reply";

export async function check({ caller, model, say }) {
  const question = "Describe the planets of the solar system in detail.";
  say.question(question);
  const reader = new AbortController();
  const { chunks } = await caller.askForStream(question, "planets", { signal: reader.signal });
  const { deltas, byType } = await readSome(chunks, 1);
  reader.abort();
  const seen = deltas.join("");
  const end = await model.ending();
  const { conversation_id: conversation } = byType.start.messageMetadata;
  const finished = async () => (await caller.stored(conversation)).find(({ role }) => role === "assistant");
  const { content } = await eventually(finished, 15_000, "the reply to be stored");
  say.reply(content);
  say.fact(`${seen.length} characters were read before the hang-up, ${content.length} are stored`);
  say.fact(`the model's end: ${end.finish} after ${end.completion_tokens} tokens`);

  assert.notEqual(end.finish, "hung up", "the model was not heard to its end");
  assert.equal(content, end.text, "the reply is not stored as the model gave it");
  assert.ok(content.startsWith(seen) && content.length > seen.length);
}
