import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat, echoed, newChat } from "./support/chat.js";
import { keep, SIZES } from "./support/views.js";

/** A chat of two turns. */
async function twoTurns(options) {
  const { ada, device, chat } = await newChat(options);
  for (const text of ["One", "Two"]) {
    await chat.ask(text);
    await chat.hasReply(text);
  }
  return { ada, device, chat };
}

/** Expects that a reload changes nothing of what is shown. */
async function reloads({ device, chat }) {
  const rows = await chat.showsBranch();
  await device.open();
  await device.shows(chat.replies.last());
  await chat.rests();
  assert.deepEqual(await chat.showsBranch(), rows);
}

test("any question is edited, and the user goes back and forth", async () => {
  const somebody = await twoTurns();
  const { chat } = somebody;
  await chat.edit(chat.questions.first(), "Uno");
  await chat.hasReply("Uno");
  await chat.counts(1, 1);
  await chat.isVersion(chat.questions.first(), "2 of 2");
  await reloads(somebody);
  await chat.press(chat.questions.first(), "Earlier version");
  await chat.hasReply("Two");
  await chat.counts(2, 2);
  await chat.isVersion(chat.questions.first(), "1 of 2");
  await reloads(somebody);
  await chat.ask("Three");
  await chat.hasReply("Three");
  await chat.counts(3, 3);
  await chat.edit(chat.questions.nth(1), "Due");
  await chat.hasReply("Due");
  await chat.counts(2, 2);
  await chat.isVersion(chat.questions.last(), "2 of 2");
  await reloads(somebody);
  await chat.press(chat.questions.last(), "Earlier version");
  await chat.hasReply("Three");
  await chat.press(chat.questions.first(), "Later version");
  await chat.hasReply("Uno");
  await chat.press(chat.questions.first(), "Earlier version");
  await chat.hasReply("Due");
  await reloads(somebody);
  assert.equal((await chat.stored()).length, 10);
});

test("any reply is regenerated, and the first one stays", async () => {
  const somebody = await twoTurns();
  const { chat } = somebody;
  const before = await chat.stored();
  await chat.press(chat.replies.last(), "Regenerate");
  await chat.isVersion(chat.replies.last(), "2 of 2");
  await chat.counts(2, 2);
  await chat.press(chat.replies.first(), "Regenerate");
  await chat.isVersion(chat.replies.first(), "2 of 2");
  await chat.counts(1, 1);
  await chat.press(chat.replies.first(), "Regenerate");
  await chat.isVersion(chat.replies.first(), "3 of 3");
  await reloads(somebody);
  await chat.ask("More");
  await chat.hasReply("More");
  await chat.press(chat.replies.first(), "Earlier version");
  await chat.isVersion(chat.replies.first(), "2 of 3");
  await chat.counts(1, 1);
  await chat.press(chat.replies.first(), "Earlier version");
  await chat.isVersion(chat.replies.first(), "1 of 3");
  await chat.isVersion(chat.replies.last(), "2 of 2");
  await chat.counts(2, 2);
  await reloads(somebody);
  assert.deepEqual((await chat.stored()).slice(0, 4), before);
});

test("another device shows the branch that was chosen", async () => {
  const { device, chat } = await twoTurns();
  await chat.edit(chat.questions.last(), "Due");
  await chat.hasReply("Due");
  await chat.press(chat.questions.last(), "Earlier version");
  await chat.hasReply("Two");
  const other = new Chat(await device.sameBrowser());
  await other.openConversation("One");
  await other.hasReply("Two");
  assert.deepEqual(await other.showsBranch(), await chat.showsBranch());
});

test("an edit that got lost on its way is tried again", async () => {
  const { device, chat } = await twoTurns();
  const route = /\/api\/chat$/;
  await device.context.route(route, (request) => request.abort());
  await chat.edit(chat.questions.first(), "Uno");
  await device.complains("The server cannot be reached.");
  await device.context.unroute(route);
  await chat.button("Try again").click();
  await chat.hasReply("Uno");
  await chat.showsBranch();
  await chat.isVersion(chat.questions.first(), "2 of 2");
});

test("a question that got lost is not in the way of the next one", async () => {
  const { device, chat } = await twoTurns();
  const route = /\/api\/chat$/;
  await device.context.route(route, (request) => request.abort());
  await chat.ask("Lost");
  await device.complains("The server cannot be reached.");
  await device.context.unroute(route);
  await chat.ask("Three");
  await chat.hasReply("Three");
  await chat.counts(3, 3);
  await chat.showsBranch();
});

test("the keyboard edits a question and goes to its other version", async () => {
  const { device, chat } = await twoTurns();
  const { keyboard } = device.page;
  const focused = () =>
    device.page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText");
  const edit = chat.questions.first().getByRole("button", { name: "Edit" });
  await edit.focus();
  await keyboard.press("Enter");
  await keyboard.type("Not this");
  await keyboard.press("Escape");
  assert.equal(await focused(), "Edit");
  await keyboard.press("Enter");
  await keyboard.press("Control+A");
  await keyboard.type("Uno");
  await keyboard.press("Enter");
  await chat.hasReply("Uno");
  assert.equal(await focused(), "Messages");
  const earlier = chat.questions.first().getByRole("button", { name: "Earlier version" });
  await earlier.focus();
  await keyboard.press("Enter");
  await device.says("Version 1 of 2.");
  await chat.hasReply("Two");
  assert.equal(await focused(), "Later version");
  await keyboard.press("Enter");
  await chat.hasReply("Uno");
  assert.equal(await focused(), "Earlier version");
  await device.says("Version 2 of 2.");
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`versions fit their window and are kept as pictures: ${size}`, async () => {
    const { device, chat } = await twoTurns(options);
    await chat.press(chat.replies.last(), "Regenerate");
    await chat.isVersion(chat.replies.last(), "2 of 2");
    await chat.edit(chat.questions.last(), "And a longer question, which takes more than one line");
    await chat.isVersion(chat.questions.last(), "2 of 2");
    await chat.press(chat.questions.last(), "Earlier version");
    await device.shows(chat.replies.last().getByText(echoed("Two")));
    await chat.isVersion(chat.questions.last(), "1 of 2");
    await keep(device, `${size}-chat-6-versions`);
    await chat.press(chat.questions.last(), "Edit");
    await keep(device, `${size}-chat-7-edit`);
    await device.page.keyboard.press("Escape");
  });
}
