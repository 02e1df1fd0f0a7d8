// A reply that is stopped half-way.

import assert from "node:assert/strict";
import { readAll, readSome } from "../tessera/chunks.js";
import { replied } from "./facts.js";

export const title = "a reply that is stopped";

export async function check({ caller, model, say }) {
  const question = "Write a long story about a robot that learns to sail.";
  say.question(question);
  const { chunks } = await caller.askForStream(question, "story");
  const begun = await readSome(chunks, 3);
  const { conversation_id: conversation } = begun.byType.start.messageMetadata;
  const { status } = await caller.send("POST", `/api/chat/${conversation}/stop`);
  const start = performance.now();
  const { text, deltas, byType } = await readAll(chunks, begun);
  const late = Math.round(performance.now() - start);
  const { finishReason, messageMetadata } = byType.finish;
  say.reply(text);
  say.fact(`${deltas.length} deltas; the stream ended ${late} ms after stop had responded with ${status}`);
  say.fact(`finishReason ${finishReason}, usage ${JSON.stringify(messageMetadata?.usage)}`);

  assert.equal(status, 204);
  assert.equal(finishReason, "stop");
  const end = await model.ending();
  say.fact(`the model was ${end.finish} after ${end.completion_tokens} tokens`);
  assert.equal(end.finish, "hung up", "the model went on to the end");
  assert.ok(end.text.startsWith(text), "the reply is not the model's");
  await replied(caller, conversation, question, text);
}
