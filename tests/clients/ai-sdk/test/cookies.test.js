// An application on a trusted origin, whose users have cookies.

import assert from "node:assert/strict";
import { echoOf, textOf } from "../support/messages.js";
import { failed, firstWords, refused } from "../support/outcome.js";
import { onPageOf, signedUpWithCookies } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { shownIsStored } from "../support/stored.js";

const slow = "[[slow]] Tell me everything that you know about servos, from the beginning";

inEveryMajor("a chat goes with cookies", async (sdk) => {
  const person = await signedUpWithCookies();
  const chat = sdk.open(person, { id: "main" });
  await chat.sendMessage({ text: "one" });
  assert.equal(textOf(chat.lastMessage), echoOf("one"));
  const sending = chat.sendMessage({ text: slow });
  await firstWords(chat);
  const reloaded = sdk.open(person, { id: "main" });
  const joining = reloaded.resumeStream();
  await firstWords(reloaded);
  const stopped = await person.request("POST", "/api/chat/main/stop");
  assert.equal(stopped.status, 204);
  await Promise.all([sending, joining]);
  assert.equal(textOf(reloaded.lastMessage), textOf(chat.lastMessage));
  assert.equal((await shownIsStored(chat, person)).length, 4);
});

inEveryMajor("a page of another origin can't use a user's cookies", async (sdk) => {
  const person = await signedUpWithCookies();
  const elsewhere = onPageOf("https://evil.example", person);
  const chat = sdk.open(elsewhere);
  await chat.sendMessage({ text: "one" });
  failed(chat, 403, "INVALID_ORIGIN");
  const stopped = await elsewhere.request("POST", "/api/chat/main/stop");
  await refused(stopped, 403, "INVALID_ORIGIN");
  assert.deepEqual((await person.read("/api/conversations")).conversations, []);
});
