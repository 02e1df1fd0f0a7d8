// An answer that is stopped half-way.

import assert from "node:assert/strict";
import { readAll, readSome } from "../tessera/chunks.js";
import { answered } from "./facts.js";

export const title = "an answer that is stopped";

export async function check({ caller, model, say }) {
  const question = "Write a long story about a robot that learns to sail.";
  say.question(question);
  const { chunks } = await caller.askForStream(question, "story");
  const begun = await readSome(chunks, 3);
  const { conversation_id: conversation } = begun.byType.start.messageMetadata;
  const { status } = await caller.send("POST", `/api/chat/${conversation}/stop`);
  const asked = performance.now();
  const { text, deltas, byType } = await readAll(chunks, begun);
  const late = Math.round(performance.now() - asked);
  const { finishReason, messageMetadata } = byType.finish;
  say.answer(text);
  say.fact(`${deltas.length} deltas; the stream ended ${late} ms after stop had answered ${status}`);
  say.fact(`finishReason ${finishReason}, usage ${JSON.stringify(messageMetadata?.usage)}`);

  assert.equal(status, 204);
  assert.equal(finishReason, "stop");
  const end = await model.ending();
  say.fact(`the model was ${end.finish} after ${end.completion_tokens} tokens`);
  assert.equal(end.finish, "hung up", "the model went on to the end");
  assert.ok(end.text.startsWith(text), "the answer is not the model's");
  await answered(caller, conversation, question, text);
}
