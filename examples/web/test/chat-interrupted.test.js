import assert from "node:assert/strict";
import { test } from "node:test";
import { echoed, newChat, SLOW } from "./support/chat.js";
import { API, PAGE } from "./support/settings.js";

/** Both functions are started before it matters how fast they are. */
async function warm({ device: { context } }) {
  const headers = { origin: PAGE.origin };
  await context.request.post(`${API.origin}/api/chat/0/stop`, { headers });
  await context.request.get(`${API.origin}/api/chat/0/stream`);
}

const stop = /\/stop$/;
const stream = /\/stream$/;

test("Stop ends a reply, and what has come is kept", async () => {
  const somebody = await newChat();
  await warm(somebody);
  const { device, chat } = somebody;
  await chat.ask(SLOW);
  await chat.begins();
  const stopped = device.page.waitForResponse(stop);
  await chat.stop.click();
  assert.equal((await stopped).status(), 204);
  await chat.rests();
  const shown = (await chat.text()).trim();
  assert.ok(shown.length < echoed(SLOW).length, "the whole reply has come");
  assert.equal((await chat.stored()).at(-1).content.trim(), shown);
  await device.open();
  await device.shows(chat.replies.last());
  assert.equal((await chat.text()).trim(), shown);
  await chat.ask("Go on");
  await chat.hasReply("Go on");
  await chat.counts(2, 2);
});

test("Stop before the first word ends the question, which can be asked again", async () => {
  const somebody = await newChat();
  await warm(somebody);
  const { device, chat } = somebody;
  await device.context.route(/\/api\/chat$/, async (route) => {
    await device.page.waitForTimeout(1000);
    await route.fallback();
  });
  await chat.ask("Hello");
  await chat.stop.click();
  await chat.rests();
  await device.context.unroute(/\/api\/chat$/);
  await device.complains("This question has no reply.");
  await chat.button("Try again").click();
  await chat.hasReply("Hello");
  await chat.counts(1, 1);
});

test("a reply outlives a reload while it comes, and is joined", async () => {
  const somebody = await newChat();
  await warm(somebody);
  const { device, chat } = somebody;
  await chat.ask(SLOW);
  await chat.begins();
  const joined = device.page.waitForResponse(stream);
  await device.open();
  assert.equal((await joined).status(), 200);
  await chat.hasReply(SLOW);
  await chat.counts(1, 1);
  await device.open();
  await chat.hasReply(SLOW);
  await chat.counts(1, 1);
  assert.equal((await chat.stored()).length, 2);
});

test("a reload before the first word joins as well, with the question", async () => {
  const somebody = await newChat();
  await warm(somebody);
  const { device, chat } = somebody;
  const sent = device.page.waitForRequest(/\/api\/chat$/);
  await chat.ask(SLOW);
  await sent;
  // The API needs a moment for the turn; the page does not know the conversation yet.
  while (!(await chat.api("/conversations")).conversations.length) {
    await device.page.waitForTimeout(20);
  }
  await device.open();
  await chat.hasReply(SLOW);
  await device.shows(chat.questions.getByText(SLOW));
  await chat.counts(1, 1);
});

test("another reply outlives a reload, too, and is shown in place of the first one", async () => {
  const somebody = await newChat();
  await warm(somebody);
  const { device, chat } = somebody;
  await chat.ask(SLOW);
  await chat.hasReply(SLOW);
  await chat.button("Regenerate").click();
  await chat.begins();
  await device.open();
  await device.shows(chat.stop);
  await chat.hasReply(SLOW);
  await chat.counts(1, 1);
  assert.equal((await chat.stored()).length, 3);
  await chat.showsBranch();
  await chat.isVersion(chat.replies.last(), "2 of 2");
});

test("Stop, and ask at once", async () => {
  const somebody = await newChat();
  await warm(somebody);
  const { device, chat } = somebody;
  await chat.ask(SLOW);
  await chat.begins();
  await chat.stop.click();
  await chat.ask("Something else");
  await chat.hasReply("Something else");
  await chat.counts(2, 2);
  const [, stopped] = await chat.showsBranch();
  assert.ok(stopped.content.length < echoed(SLOW).length, "it was not stopped");
  const shown = await chat.shown();
  await device.open();
  await chat.hasReply("Something else");
  assert.deepEqual(await chat.shown(), shown);
});

test("Stop before the first word, and ask at once", async () => {
  const somebody = await newChat();
  await warm(somebody);
  const { device, chat } = somebody;
  await chat.ask("Hello");
  await chat.hasReply("Hello");
  await chat.ask(SLOW);
  while ((await chat.stored()).length < 3) await device.page.waitForTimeout(20);
  await chat.stop.click();
  await chat.ask("Something else");
  await chat.hasReply("Something else");
  await chat.showsBranch();
});
