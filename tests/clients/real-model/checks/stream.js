// A second question, in the AI SDK's form.

import assert from "node:assert/strict";
import { readAll } from "../tessera/chunks.js";
import { replied, counted } from "./facts.js";

export const title = "a second question with its reply as a stream";

const order = "start start-step text-start text-delta text-end finish-step finish";

export async function check({ caller, model, say, kept }) {
  const question = "And where is one used in a robot arm?";
  say.question(question);
  const start = performance.now();
  const { response, chunks } = await caller.askForStream(question, kept.conversation);
  const head = Math.round(performance.now() - start);
  const { text, deltas, times, types, byType } = await readAll(chunks);
  const { finishReason, messageMetadata } = byType.finish;
  say.reply(text);
  say.fact(`${deltas.length} deltas; the head after ${head} ms, the last delta ${times.at(-1)} ms later`);
  say.fact(`finishReason ${finishReason}, usage ${JSON.stringify(messageMetadata.usage)}`);

  const end = await model.ending();
  assert.match(response.headers.get("content-type"), /^text\/event-stream/);
  assert.equal(response.headers.get("x-vercel-ai-ui-message-stream"), "v1");
  assert.equal(types.join(" "), order);
  assert.ok(deltas.length > 2, "the reply came at once");
  assert.equal(finishReason, end.finish);
  assert.equal(text, end.text, "the reply is not the model's");
  counted(messageMetadata.usage, model);
  assert.ok(messageMetadata.usage.input_tokens > kept.usage.input_tokens, "the prompt has not grown");
  const [, ...told] = model.requests.at(-1).messages.map(({ content }) => content);
  assert.deepEqual(told, [kept.question, kept.reply, question]);
  await replied(caller, kept.conversation, question, text);
}
