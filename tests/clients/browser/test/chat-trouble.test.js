import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat, newChat, SLOW } from "./support/chat.js";

test("an answer that breaks off is told, and the chat goes on", async () => {
  const { device, chat } = await newChat();
  await chat.ask("[[fail]] please");
  await chat.begins();
  await device.complains(/assistant/);
  await device.shows(chat.answers.getByText("This answer broke off."));
  await chat.button("Try again").click();
  await device.complains(/assistant/);
  await chat.counts(1, 1);
  await chat.ask("Never mind");
  await chat.isAnswered("Never mind");
  const roles = (await chat.stored()).map((message) => message.role);
  assert.deepEqual(roles, ["user", "user", "assistant"]);
});

test("an assistant that is down is told, and the question is kept", async () => {
  const { device, chat } = await newChat();
  await chat.ask("[[down]]");
  await device.complains("The assistant does not answer at the moment. Your question is kept.");
  await device.open();
  await chat.panel.getByLabel("Conversation").selectOption("[[down]]");
  await device.complains("This question has no answer.");
  await chat.button("Try again").click();
  await device.complains("The assistant does not answer at the moment.");
  await chat.counts(1, 0);
  assert.equal((await chat.stored()).length, 1);
});

test("a message that got lost on its way is sent again, once", async () => {
  const { device, chat } = await newChat();
  const route = /\/api\/chat$/;
  await device.context.route(route, (request) => request.abort());
  await chat.ask("Hello");
  await device.complains("The server cannot be reached.");
  await device.context.unroute(route);
  await chat.button("Try again").click();
  await chat.isAnswered("Hello");
  await chat.counts(1, 1);
  assert.equal((await chat.stored()).length, 2);
});

test("an answer that got lost on its way is not asked for twice", async () => {
  const { device, chat } = await newChat();
  const route = /\/api\/chat$/;
  await device.context.route(route, async (request) => {
    await request.fetch();
    await request.abort();
  });
  await chat.ask("Hello");
  await device.complains("The server cannot be reached.");
  const [, answer] = await chat.stored();
  await device.context.unroute(route);
  await chat.button("Try again").click();
  await chat.isAnswered("Hello");
  await chat.counts(1, 1);
  const rows = await chat.stored();
  assert.deepEqual([rows.length, rows[1].id], [2, answer.id]);
});

test("a second tab is told while the first one's answer runs, and can join it", async () => {
  const { device, chat } = await newChat();
  await chat.ask("Hello");
  await chat.isAnswered("Hello");
  const tab = await device.sameBrowser();
  const other = new Chat(tab);
  const resumed = tab.page.waitForResponse(/\/stream$/);
  await other.panel.getByLabel("Conversation").selectOption("Hello");
  await other.isAnswered("Hello");
  await resumed;
  await chat.ask(SLOW);
  await chat.begins();
  await other.ask("Me, too");
  await tab.complains("Another message of this chat is being answered.");
  await other.button("Show the chat as it is now").click();
  await other.isAnswered(SLOW);
  await other.counts(2, 2);
  await chat.isAnswered(SLOW);
  await other.ask("Now me");
  await other.isAnswered("Now me");
  assert.equal((await chat.stored()).length, 6);
});

test("an ended session is told by asking to sign in", async () => {
  const { ada, device, chat } = await newChat();
  await chat.ask("Hello");
  await chat.isAnswered("Hello");
  await device.context.clearCookies();
  await chat.ask("Still there?");
  await device.isSignedOut();
  await device.signIn(ada);
  await chat.isAnswered("Hello");
});
