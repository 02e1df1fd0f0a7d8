import assert from "node:assert/strict";
import { test } from "node:test";
import { newChat } from "./support/chat.js";

test("what is left today is shown after the first reply, and stays in another chat", async () => {
  const { device, chat } = await newChat();
  const quota = chat.panel.getByText("Left today:");
  assert.equal(await quota.count(), 0);
  const responded = device.page.waitForResponse(/\/api\/chat$/);
  await chat.ask("Hello");
  const { headers } = await responded.then(async (response) => ({ headers: await response.allHeaders() }));
  await chat.hasReply("Hello");
  const number = (name) => Number(headers[`x-quota-${name}-remaining`]).toLocaleString("en-GB");
  const said = `Left today: ${number("messages")} messages, ${number("tokens")} tokens`;
  assert.equal(await quota.innerText(), said);
  await chat.begin();
  assert.equal(await quota.innerText(), said);
  await chat.ask("Again");
  await chat.hasReply("Again");
  assert.notEqual(await quota.innerText(), said);
});
