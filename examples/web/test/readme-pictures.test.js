// The pictures in the README of the repository. Beside each is the text that it shows; while that is what the page
// shows, the picture is kept. `npm run pictures` makes them again.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { newChat } from "./support/chat.js";

const folder = fileURLToPath(new URL("../../../docs/pictures/", import.meta.url));
const writes = process.env.TESSERA_PICTURES === "1";

const SKETCH = `like this:

\`\`\`python
servo = AngularServo(18)
servo.angle = 45
\`\`\``;

const SIZES = {
  desktop: { viewport: { width: 1040, height: 640 } },
  phone: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true, colorScheme: "dark" },
};

/** What is left of a quota is another number with each change of the notes. */
const shown = (page) => page.evaluate("document.body.innerText.replace(/Left today: .*/, 'Left today: …') + '\\n'");

for (const [size, options] of Object.entries(SIZES)) {
  test(`the README's picture shows what the page shows: ${size}`, async () => {
    const { device, chat } = await newChat(options);
    for (const title of ["A line follower", "Stepper motors"]) await chat.create(title);
    await chat.ask("How does a servo hold its position?");
    await chat.hasReply("How does a servo hold its position?");
    await chat.rate(5);
    await chat.ask(SKETCH);
    await device.shows(chat.replies.last().getByRole("button", { name: /Copy/ }));
    await chat.rests();
    const text = await shown(device.page);
    const file = `${folder}${size}`;
    if (writes) {
      await mkdir(folder, { recursive: true });
      await device.page.screenshot({ path: `${file}.png`, animations: "disabled", caret: "hide" });
      await writeFile(`${file}.txt`, text);
    }
    const found = await readFile(`${file}.txt`, "utf8").catch(() => "");
    assert.equal(text, found, `docs/pictures/${size}.png shows something else: run \`npm run pictures\``);
  });
}
