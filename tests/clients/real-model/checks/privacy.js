// What nobody but those who need it gets to see.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { log } from "../tessera/process.js";

export const title = "the model does not learn who the user is, and no text of the conversation is logged";

export async function check({ caller, model, say }) {
  const sent = JSON.stringify(model.requests);
  const logged = readFileSync(log, "utf8");
  const { id, name, email, password, token } = caller.who;
  const isIn = (text) => (secret) => text.includes(secret);
  say.fact(`headers that the model got: ${Object.keys(model.requests[0].headers).join(", ")}`);
  say.fact(`fields beside messages: ${JSON.stringify(model.requests[0].more)}`);

  assert.deepEqual([id, name, email, token].filter(isIn(sent)), []);
  // Beginnings are the same however a log escapes texts.
  const said = model.requests.flatMap(({ messages, end }) => [messages.at(-1).content, end.text]);
  const beginnings = said.map((text) => text.slice(0, 20));
  assert.deepEqual([...beginnings, name, email, password, token].filter(isIn(logged)), []);
}
