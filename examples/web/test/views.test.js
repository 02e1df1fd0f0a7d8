import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat, newChat } from "./support/chat.js";
import { newDevice, somebody } from "./support/stage.js";

const hash = (device) => new URL(device.page.url()).hash;

/** A chat with two conversations, the second one open. */
async function twoConversations() {
  const { ada, device, chat } = await newChat();
  for (const text of ["Motors", "Sensors"]) {
    await chat.begin();
    await chat.ask(text);
    await chat.hasReply(text);
    await chat.lists(text === "Motors" ? ["Motors"] : ["Sensors", "Motors"]);
  }
  return { ada, device, chat };
}

test("the browser's history leads through chats and settings, and a reload stays", async () => {
  const { device, chat } = await twoConversations();
  assert.equal(hash(device), "#/chat/2");
  await chat.openConversation("Motors");
  await chat.hasReply("Motors");
  assert.equal(hash(device), "#/chat/1");
  await device.settings();
  assert.equal(hash(device), "#/settings");
  assert.equal(await device.page.title(), "Settings · Tessera");
  await device.reload();
  await device.areSettings();
  await device.page.goBack();
  await chat.hasReply("Motors");
  await device.reload();
  await chat.hasReply("Motors");
  await device.page.goBack();
  await chat.hasReply("Sensors");
  await device.page.goForward();
  await chat.hasReply("Motors");
  await device.page.goForward();
  await device.areSettings();
  await device.page.locator(".top").getByRole("link", { name: "Chat" }).click();
  await chat.hasReply("Motors");
});

test("another tab opens a conversation by its address", async () => {
  const { device } = await twoConversations();
  const address = device.page.url().replace("#/chat/2", "#/chat/1");
  const tab = await device.sameBrowser();
  await tab.page.goto(address);
  await new Chat(tab).hasReply("Motors");
});

test("a reply goes on while the settings are shown", async () => {
  const { device, chat } = await newChat();
  await chat.ask("[[slow]] one two three four five six");
  await chat.begins();
  await device.settings();
  await device.page.goBack();
  await chat.hasReply("[[slow]] one two three four five six");
  await chat.counts(1, 1);
});

test("what was begun to be written waits while another view is shown", async () => {
  const { device, chat } = await twoConversations();
  const input = chat.panel.getByLabel("Your message");
  await input.fill("About sens");
  await device.settings();
  await device.page.goBack();
  await chat.hasReply("Sensors");
  assert.equal(await input.inputValue(), "About sens");
  await chat.openConversation("Motors");
  await chat.hasReply("Motors");
  assert.equal(await input.inputValue(), "");
  await chat.openConversation("Sensors");
  await chat.hasReply("Sensors");
  assert.equal(await input.inputValue(), "About sens");
});

test("after a sign-out, who signs in next begins with a chat", async () => {
  const { device } = await twoConversations();
  await device.settings();
  await device.page.locator(".top").getByRole("button", { name: "Sign out" }).click();
  await device.isSignedOut();
  assert.equal(hash(device), "");
  const eve = somebody();
  await device.signUp(eve);
  await device.isSignedIn();
  const chat = new Chat(device);
  await device.shows(chat.panel.getByRole("heading", { name: "New chat" }));
  await chat.lists([]);
});

test("who is not signed in comes to the view of the address after the sign-in", async () => {
  const ada = somebody();
  const first = await newDevice();
  await first.signUp(ada);
  await first.isSignedIn();
  const second = await newDevice();
  await second.page.goto(`${second.page.url()}#/settings`);
  await second.signIn(ada);
  await second.areSettings();
});
