import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat, newChat, SLOW } from "./support/chat.js";

test("a reply that breaks off is a message, and the chat goes on", async () => {
  const { device, chat } = await newChat();
  await chat.ask("[[fail]] please");
  await chat.begins();
  await device.complains(/assistant/);
  await device.shows(chat.replies.getByText("This reply broke off."));
  await chat.button("Try again").click();
  await device.complains(/assistant/);
  await chat.counts(1, 1);
  await chat.ask("Never mind");
  await chat.hasReply("Never mind");
  const roles = (await chat.stored()).map((message) => message.role);
  assert.deepEqual(roles, ["user", "user", "assistant"]);
});

test("an assistant that is down is a message, and the question is kept", async () => {
  const { device, chat } = await newChat();
  await chat.ask("[[down]]");
  await device.complains("The assistant does not reply at the moment. Your question is kept.");
  await device.open();
  await chat.openConversation("[[down]]");
  await device.complains("This question has no reply.");
  await chat.button("Try again").click();
  await device.complains("The assistant does not reply at the moment.");
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
  await chat.hasReply("Hello");
  await chat.counts(1, 1);
  assert.equal((await chat.stored()).length, 2);
});

test("a reply that got lost on its way is not made twice", async () => {
  const { device, chat } = await newChat();
  const route = /\/api\/chat$/;
  await device.context.route(route, async (request) => {
    await request.fetch();
    await request.abort();
  });
  await chat.ask("Hello");
  await device.complains("The server cannot be reached.");
  const [, reply] = await chat.stored();
  await device.context.unroute(route);
  await chat.button("Try again").click();
  await chat.hasReply("Hello");
  await chat.counts(1, 1);
  const rows = await chat.stored();
  assert.deepEqual([rows.length, rows[1].id], [2, reply.id]);
});

test("a question of a second tab ends the first one's reply, and is another branch", async () => {
  const { device, chat } = await newChat();
  await chat.ask("Hello");
  await chat.hasReply("Hello");
  const tab = await device.sameBrowser();
  const other = new Chat(tab);
  const resumed = tab.page.waitForResponse(/\/stream$/);
  await other.openConversation("Hello");
  await other.hasReply("Hello");
  await resumed;
  await chat.ask(SLOW);
  await chat.begins();
  await other.ask("Me, too");
  await other.hasReply("Me, too");
  await other.counts(2, 2);
  await other.showsBranch();
  await other.isVersion(other.questions.last(), "2 of 2");
  await chat.rests();
  const stopped = (await chat.stored())[3];
  assert.equal(await chat.text(), stopped.content.trim());
  await other.press(other.questions.last(), "Earlier version");
  await other.device.shows(other.questions.getByText(SLOW));
  await other.showsBranch();
  assert.deepEqual(await other.shown(), await chat.shown());
});

test("after an ended session the page wants a sign-in", async () => {
  const { ada, device, chat } = await newChat();
  await chat.ask("Hello");
  await chat.hasReply("Hello");
  await device.context.clearCookies();
  await chat.ask("Still there?");
  await device.isSignedOut();
  await device.signIn(ada);
  await chat.hasReply("Hello");
});
