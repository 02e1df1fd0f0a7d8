import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat, newChat } from "./support/chat.js";
import { SIZES } from "./support/views.js";

/** A chat that has begun. */
async function begun(title, options) {
  const { device, chat } = await newChat(options);
  await chat.ask(title);
  await chat.hasReply(title);
  await chat.lists([title]);
  return { device, chat };
}

test("the latest activity is first, and the open conversation is marked", async () => {
  const { device, chat } = await begun("About motors");
  await chat.begin();
  assert.equal(await chat.list.locator("[aria-current]").count(), 0);
  await chat.ask("About sensors");
  await chat.hasReply("About sensors");
  await chat.lists(["About sensors", "About motors"]);
  assert.equal(await chat.list.locator("[aria-current=page]").innerText(), "About sensors");
  await chat.openConversation("About motors");
  assert.equal(await chat.list.locator("[aria-current=page]").innerText(), "About motors");
  await chat.ask("More of it");
  await chat.hasReply("More of it");
  await chat.lists(["About motors", "About sensors"]);
  assert.equal(await device.page.title(), "About motors · Tessera");
});

test("the list has pages, and a new conversation joins what has been read", async () => {
  const { device, chat } = await newChat();
  for (let number = 1; number <= 25; number += 1) await chat.create(`Number ${number}`);
  await device.open();
  const titles = Array.from({ length: 25 }, (_, index) => `Number ${25 - index}`);
  await chat.lists(titles.slice(0, 20));
  await chat.list.getByRole("button", { name: "Show more" }).click();
  await chat.lists(titles);
  await chat.list.getByRole("button", { name: "Show more" }).waitFor({ state: "hidden" });
  await chat.ask("One more");
  await chat.hasReply("One more");
  await chat.lists(["One more", ...titles]);
  await chat.openConversation("Number 1");
  await device.reload();
  await chat.lists(["One more", ...titles.slice(0, 19)]);
  await device.shows(chat.panel.getByRole("heading", { name: "Number 1", exact: true }));
});

test("a conversation is renamed, and another device sees it", async () => {
  const { device, chat } = await begun("About motors");
  await chat.line("About motors").getByRole("button", { name: "Rename About motors" }).click();
  await device.fill("Rename the conversation", { fields: { Title: "   " }, submit: "Save" });
  await device.complains("title must have 1 to 200 characters.");
  await device.fill("Rename the conversation", { fields: { Title: "Motors & gears" }, submit: "Save" });
  await chat.lists(["Motors & gears"]);
  await device.shows(chat.panel.getByRole("heading", { name: "Motors & gears", exact: true }));
  const other = new Chat(await device.sameBrowser());
  await other.lists(["Motors & gears"]);
  const { conversations } = await chat.api("/conversations");
  assert.equal(conversations[0].title, "Motors & gears");
});

test("a conversation is deleted after a question, and the open one makes room for a new chat", async () => {
  const { device, chat } = await begun("About motors");
  await chat.begin();
  await chat.ask("About sensors");
  await chat.hasReply("About sensors");
  await chat.lists(["About sensors", "About motors"]);
  const question = device.page.getByRole("dialog");
  await chat.remove("About motors");
  await question.getByRole("button", { name: "Keep it" }).click();
  await question.waitFor({ state: "hidden" });
  await chat.lists(["About sensors", "About motors"]);
  await chat.remove("About motors");
  await question.getByRole("button", { name: "Delete it" }).click();
  await chat.lists(["About sensors"]);
  await chat.hasReply("About sensors");
  await chat.remove("About sensors");
  await question.getByRole("button", { name: "Delete it" }).click();
  await chat.lists([]);
  await chat.counts(0, 0);
  assert.equal((await chat.api("/conversations")).conversations.length, 0);
  await chat.ask("From the beginning");
  await chat.hasReply("From the beginning");
  await chat.lists(["From the beginning"]);
});

test("what another device has deleted can be deleted, and is said to be gone", async () => {
  const { device, chat } = await begun("About motors");
  const [{ id }] = (await chat.api("/conversations")).conversations;
  const other = new Chat(await device.sameBrowser());
  await other.remove("About motors");
  await other.device.button("Delete it").click();
  await other.lists([]);
  await chat.remove("About motors");
  await device.button("Delete it").click();
  await chat.lists([]);
  await device.page.goto(`${device.page.url().split("#")[0]}#/chat/${id}`);
  await device.complains("This conversation is not there any more.");
  await chat.begin();
});

test("the keyboard renames and deletes, and is not lost", async () => {
  const { device, chat } = await begun("About motors");
  const { keyboard } = device.page;
  const focused = () =>
    device.page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText.trim()");
  await chat.line("About motors").getByRole("button", { name: "Rename About motors" }).focus();
  await keyboard.press("Enter");
  await keyboard.type("Not this");
  await keyboard.press("Escape");
  assert.equal(await focused(), "Rename About motors");
  await keyboard.press("Enter");
  await keyboard.press("Control+A");
  await keyboard.type("Gears");
  await keyboard.press("Enter");
  await chat.lists(["Gears"]);
  assert.equal(await focused(), "Rename Gears");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  assert.equal(await focused(), "Keep it");
  await keyboard.press("Escape");
  assert.equal(await focused(), "Delete Gears");
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await chat.lists([]);
  assert.equal(await device.page.evaluate("document.activeElement.labels?.[0].innerText.trim()"), "Your message");
});

test("the keyboard need not go through the list to the message", async () => {
  const { device } = await begun("About motors");
  const { keyboard } = device.page;
  await device.page.locator(".top").getByRole("button", { name: "Sign out" }).focus();
  await keyboard.press("Tab");
  assert.equal(await device.page.evaluate("document.activeElement.innerText"), "Skip to your message");
  await keyboard.press("Enter");
  assert.equal(await device.page.evaluate("document.activeElement.labels?.[0].innerText.trim()"), "Your message");
});

test("on a phone, the list is behind a button, and gives way to what is chosen", async () => {
  const { device, chat } = await newChat(SIZES.phone);
  await chat.create("About motors");
  await device.open();
  assert.equal(await chat.list.count(), 0);
  await chat.showList();
  await device.page.keyboard.press("Escape");
  await chat.list.waitFor({ state: "hidden" });
  await chat.openConversation("About motors");
  await chat.list.waitFor({ state: "hidden" });
  await chat.begin();
  await chat.list.waitFor({ state: "hidden" });
});
