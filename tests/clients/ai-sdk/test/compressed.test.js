// Words arrive as they come, also through a server that compresses.

import assert from "node:assert/strict";
import { signedUp } from "../support/people.js";
import { compressing } from "../support/proxy.js";
import { inEveryMajor } from "../support/sdks.js";
import { growth } from "../support/seen.js";

inEveryMajor("c5 a slow reply is seen growing behind Express with compression", async (sdk, context) => {
  const proxy = await compressing(context);
  const person = await signedUp();
  const heads = [];
  const fetchAndNote = async (...request) => {
    const response = await fetch(...request);
    heads.push(response.headers);
    return response;
  };
  const transport = { api: `${proxy}/api/chat`, fetch: fetchAndNote };
  const chat = sdk.open(person, { transport });
  await chat.sendMessage({ text: "[[slow]] Tell me everything about servos" });
  const texts = growth(chat);
  assert.ok(texts.length >= 5, `${texts.length} texts`);
  const time = texts.at(-1).at - texts[0].at;
  assert.ok(time > 1_000, `all of it came within ${time} ms`);
  assert.equal(heads[0].get("content-encoding"), null);
  assert.match(heads[0].get("cache-control"), /\bno-transform\b/);

  // The same server compresses what is no stream.
  const body = JSON.stringify({ message: "long ".repeat(1_000) });
  const whole = await fetch(`${proxy}/api/chat`, {
    method: "POST",
    headers: { ...person.transport.headers, "content-type": "application/json" },
    body,
  });
  assert.equal(whole.status, 200);
  assert.match(whole.headers.get("content-encoding"), /^(gzip|br)$/);
  assert.match((await whole.json()).response, /(long ){999}long/);
});
