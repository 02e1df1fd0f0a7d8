// What is lost on its way, and what a button that says "try again" does then.

import assert from "node:assert/strict";
import { echoOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { lines, shownIsStored } from "../support/stored.js";

/** A response that was cut off in its middle. */
function half(response, text) {
  const pull = (controller) => controller.error(new TypeError("network error"));
  const start = (controller) => controller.enqueue(text.slice(0, text.length / 2));
  const body = new ReadableStream({ start, pull }, { highWaterMark: 2 });
  return new Response(body.pipeThrough(new TextEncoderStream()), response);
}

/** A `fetch` that loses something, as long as `loses` says what. */
function unreliable() {
  const connection = { loses: undefined };
  connection.fetch = async (...request) => {
    if (connection.loses === "the request") throw new TypeError("fetch failed");
    const response = await fetch(...request);
    if (connection.loses === undefined) return response;
    const text = await response.text();
    if (connection.loses === "the response") throw new TypeError("fetch failed");
    return half(response, text);
  };
  return connection;
}

const first = ["user: one", `assistant: ${echoOf("one")}`];
const both = [...first, "user: two", `assistant: ${echoOf("two")}`];

for (const what of ["the request", "the response", "half of the response"]) {
  inEveryMajor(`${what} is lost, and the chat goes on when it tries again`, async (sdk) => {
    const person = await signedUp();
    const connection = unreliable();
    const chat = sdk.open(person, { transport: { fetch: connection.fetch } });
    for (const [text, expected] of [["one", first], ["two", both]]) {
      connection.loses = what;
      await chat.sendMessage({ text });
      assert.equal(chat.status, "error");
      connection.loses = undefined;
      await chat.regenerate();
      assert.deepEqual(lines(await shownIsStored(chat, person)), expected);
    }
  });
}
