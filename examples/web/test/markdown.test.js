import assert from "node:assert/strict";
import { test } from "node:test";
import { newChat } from "./support/chat.js";

/** Asks for Markdown, which the echo repeats in its reply. */
async function shown(lines, options) {
  const { device, chat } = await newChat(options);
  await chat.ask(`see\n\n${lines.join("\n")}`);
  await chat.begins();
  await chat.rests();
  return { device, chat, reply: chat.replies.last() };
}

test("lists, tables, code and links of a reply are shown as such", async () => {
  const { device, reply, chat } = await shown([
    "# Steps",
    "",
    "1. *wire* it",
    "2. **test** it",
    "",
    "- [x] done",
    "",
    "| pin | use |",
    "|---|---|",
    "| 3 | PWM |",
    "",
    "```python",
    "x = 1",
    "```",
    "",
    "`y` and https://example.com/page",
  ]);
  assert.equal(await reply.getByRole("heading", { name: "Steps" }).count(), 1);
  assert.deepEqual(await reply.locator("ol li").allInnerTexts(), ["wire it", "test it"]);
  assert.equal(await reply.locator("strong").innerText(), "test");
  assert.equal(await reply.getByRole("img", { name: "Done" }).count(), 1);
  assert.equal(await reply.getByRole("cell", { name: "PWM" }).count(), 1);
  assert.equal((await reply.locator("pre").innerText()).trim(), "x = 1");
  const link = reply.getByRole("link", { name: "https://example.com/page" });
  assert.equal(await link.getAttribute("target"), "_blank");
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  // It is read out without the signs.
  await device.says("Steps wire it test it ☑ done");
  assert.equal(await device.page.getByRole("status").filter({ hasText: "**" }).count(), 0);
  // What the user wrote stays as it was written.
  assert.match(await chat.questions.last().locator(".text").innerText(), /\n# Steps\n/);
});

test("nothing of a reply runs, and nothing is loaded for it", async () => {
  const foreign = [];
  const { device, chat } = await newChat();
  device.page.on("request", (request) => {
    if (new URL(request.url()).hostname !== "localhost") foreign.push(request.url());
  });
  await chat.ask(
    [
      "see",
      "",
      "<script>window.ran = 1</script>",
      "",
      '<img src="https://example.org/a.png" onerror="window.ran = 2">',
      "",
      "<iframe src='https://example.org/b'></iframe>",
      "",
      "[press](javascript:window.ran=3) [and](data:text/html,<script>window.ran=4</script>) [here](#/settings)",
      "",
      '![a chart](https://example.org/c.png?secret "title")',
      "",
      "![none](javascript:window.ran=5)",
      "",
      "[![a badge](https://example.org/d.svg)](https://example.org/page)",
      "",
      "A note.[^1]",
      "",
      "[^1]: Below.",
    ].join("\n"),
  );
  await chat.begins();
  await chat.rests();
  const reply = chat.replies.last().locator(".text");
  assert.equal(await reply.locator("script, img, iframe, object, style, [onerror]").count(), 0);
  await device.shows(reply.getByText("<script>window.ran = 1</script>"));
  const links = await reply.locator("a").evaluateAll((all) => all.map(({ href, innerText }) => [innerText, href]));
  assert.deepEqual(links, [
    ["Image: a chart", "https://example.org/c.png?secret"],
    ["Image: a badge", "https://example.org/page"],
  ]);
  for (const text of ["press", "and", "here", "Image: none"]) await reply.getByText(text, { exact: true }).click();
  assert.equal(await device.page.evaluate("window.ran"), undefined);
  assert.match(new URL(device.page.url()).hash, /^#\/chat\/\d+$/);
  assert.equal(device.context.pages().length, 1);
  assert.deepEqual(foreign, []);
});

test("a block of code is copied, by the mouse and by the keyboard", async () => {
  const { device, reply } = await shown(["```js", "const a = '<b>';", "", "a();", "```"], {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const copied = () => device.page.evaluate("navigator.clipboard.readText()");
  const button = reply.getByRole("button", { name: "Copy the code" });
  await button.click();
  await device.shows(reply.getByRole("button", { name: "Copied" }));
  await device.says("Copied");
  assert.equal(await copied(), "const a = '<b>';\n\na();");
  await device.page.evaluate("navigator.clipboard.writeText('')");
  await device.shows(button);
  await button.focus();
  await device.page.keyboard.press("Enter");
  await device.shows(reply.getByRole("button", { name: "Copied" }));
  assert.equal(await copied(), "const a = '<b>';\n\na();");
});

test("what has the focus keeps it while a reply is written", async () => {
  const { device, chat } = await newChat();
  await chat.ask("[[slow]] see\n\n```js\na();\n```\n\nand so on and so on and so on and so on and so on and so on");
  const button = chat.replies.last().getByRole("button", { name: "Copy the code" });
  await button.focus();
  await device.page.evaluate("window.before = document.activeElement");
  assert.equal(await chat.stop.isVisible(), true, "the reply was complete too early");
  await chat.rests();
  assert.equal(await device.page.evaluate("window.before === document.activeElement"), true);
});
