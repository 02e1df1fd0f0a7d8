// A question in the plain form.

import assert from "node:assert/strict";
import { replied, counted } from "./facts.js";

export const title = "a question with its reply as JSON";

export async function check({ caller, model, say, kept }) {
  const question = "What is a servo motor, in one sentence?";
  say.question(question);
  const { response, body } = await caller.ask(question);
  say.reply(body.response);
  say.fact(`finish_reason ${body.finish_reason}, usage ${JSON.stringify(body.usage)}`);
  say.fact(`messages left today: ${response.headers.get("x-quota-messages-remaining")}`);

  const end = await model.ending();
  counted(body.usage, model);
  assert.equal(body.finish_reason, end.finish);
  assert.equal(body.response, end.text, "the reply is not the model's");
  await replied(caller, body.conversation_id, question, body.response);
  Object.assign(kept, { conversation: body.conversation_id, question, reply: body.response, usage: body.usage });
}
