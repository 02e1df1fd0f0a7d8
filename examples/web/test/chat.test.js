import assert from "node:assert/strict";
import { test } from "node:test";
import { echoed, newChat, SLOW } from "./support/chat.js";

test("a reply is shown as it comes", async () => {
  const { chat } = await newChat();
  await chat.ask(SLOW);
  await chat.begins();
  const seen = new Set();
  while (await chat.stop.isVisible()) {
    seen.add(await chat.text());
    await chat.device.page.waitForTimeout(20);
  }
  await chat.hasReply(SLOW);
  assert.ok(seen.size >= 5, `it came in ${seen.size} steps`);
  for (const text of seen) assert.ok(echoed(SLOW).startsWith(text), text);
  await chat.counts(1, 1);
});

test("a chat goes on, and a reload shows all of it", async () => {
  const { device, chat } = await newChat();
  for (const text of ["What is a servo?", "What is a stepper?\nIn one sentence."]) {
    await chat.ask(text);
    await chat.hasReply(text);
  }
  await device.open();
  await chat.hasReply("What is a stepper?\nIn one sentence.");
  await chat.counts(2, 2);
  await chat.ask("Thank you.");
  await chat.hasReply("Thank you.");
  await chat.counts(3, 3);
  const roles = (await chat.stored()).map((message) => message.role);
  assert.deepEqual(roles, ["user", "assistant", "user", "assistant", "user", "assistant"]);
});

test("a rating is stored, and shown after a reload", async () => {
  const { device, chat } = await newChat();
  await chat.ask("Hello");
  await chat.hasReply("Hello");
  await chat.rate(2);
  await chat.rate(4);
  const reply = (await chat.stored()).at(-1);
  const { interactions } = await chat.api("/personalization/interactions");
  assert.equal(interactions.length, 1);
  assert.equal(interactions[0].message_id, reply.id);
  assert.equal(interactions[0].conversation_id, reply.conversation_id);
  assert.equal(interactions[0].personalization_effectiveness, 4);
  await device.open();
  await chat.hasReply("Hello");
  assert.equal(await chat.replies.getByLabel("4", { exact: true }).isChecked(), true);
  await chat.rate(0);
  const again = await chat.api("/personalization/interactions");
  assert.equal(again.interactions[0].personalization_effectiveness, 0);
});

test("another chat is begun, and the earlier one opened again", async () => {
  const { device, chat } = await newChat();
  await chat.ask("About motors");
  await chat.hasReply("About motors");
  await chat.begin();
  await chat.ask("About sensors");
  await chat.hasReply("About sensors");
  await chat.counts(1, 1);
  await chat.openConversation("About motors");
  await chat.hasReply("About motors");
  await chat.ask("More of it");
  await chat.hasReply("More of it");
  await chat.counts(2, 2);
  const { conversations } = await chat.api("/conversations");
  assert.deepEqual(conversations.map(({ title }) => title), ["About sensors", "About motors"]);
});

test("the keyboard suffices, and a reply is announced once, when it is complete", async () => {
  const { device, chat } = await newChat();
  const { keyboard } = device.page;
  const focused = () => device.page.evaluate("document.activeElement.labels?.[0].innerText");
  await chat.panel.getByLabel("Your message").focus();
  await keyboard.type("One line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("and another");
  await keyboard.press("Enter");
  await device.says("The reply is on its way.");
  await device.says("One line and another");
  await chat.hasReply("One line\nand another");
  assert.equal(await focused(), "Your message");
  await chat.replies.getByLabel("0", { exact: true }).focus();
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowRight");
  await device.says("Stored.");
  assert.equal(await focused(), "2");
});
