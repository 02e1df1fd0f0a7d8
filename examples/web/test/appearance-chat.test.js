import { test } from "node:test";
import { newChat, SLOW } from "./support/chat.js";
import { keep, SIZES } from "./support/views.js";

/** A reply with one of everything; the echo repeats it. */
const MARKDOWN = `a short guide:

## Wiring a servo

1. Connect **ground** first.
2. Then the signal to \`GPIO 18\`.

- [x] power supply
- [ ] a [data sheet](https://example.com/servo)

| wire | colour | goes to |
|---|---|---|
| ground | brown | GND |
| power | red | a supply of 5 V that can give at least one ampere |
| signal | orange | GPIO 18 |

\`\`\`python
from gpiozero import AngularServo

servo = AngularServo(18, min_angle=-90, max_angle=90, min_pulse_width=0.0005, max_pulse_width=0.0025)
servo.angle = 45
\`\`\`

> Never feed a servo from the pin of a small computer.

![the wiring](https://example.com/wiring.png)`;

for (const [size, options] of Object.entries(SIZES)) {
  const picture = (device, view) => keep(device, `${size}-${view}`);

  test(`the chat fits its window and is accessible: ${size}`, async () => {
    const { device, chat } = await newChat(options);
    await picture(device, "chat-1-empty");
    await chat.ask("How does a stepper motor know where it is?");
    await chat.hasReply("How does a stepper motor know where it is?");
    await chat.rate(4);
    await chat.ask(SLOW);
    await device.shows(chat.replies.last().getByText("and so on and so"));
    await picture(device, "chat-2-replying");
    await chat.hasReply(SLOW);
    await picture(device, "chat-3-replied");
    await chat.ask("[[fail]] Say it in one word.");
    await device.shows(chat.panel.getByRole("alert"));
    await picture(device, "chat-4-broken-off");
    await device.open();
    await device.shows(chat.panel.getByRole("alert"));
    await picture(device, "chat-5-without-reply");
  });

  test(`Markdown and the list of conversations fit their window and are accessible: ${size}`, async () => {
    const { device, chat } = await newChat(options);
    for (let number = 1; number <= 21; number += 1) await chat.create(`Motors and sensors, part ${number}`);
    await chat.ask(MARKDOWN);
    await chat.begins();
    await chat.rests();
    await picture(device, "chat-8-markdown");
    await chat.replies.last().evaluate((reply) => reply.scrollIntoView({ block: "start" }));
    await picture(device, "chat-8-markdown-above");
    await chat.showList();
    await device.shows(chat.list.getByRole("link", { name: /part 21$/ }));
    await picture(device, "conversations-1-list");
    const line = chat.line("Motors and sensors, part 21");
    await line.hover();
    await line.getByRole("button", { name: /^Rename/ }).click();
    await picture(device, "conversations-2-rename");
    await device.page.keyboard.press("Escape");
    await chat.remove("Motors and sensors, part 21");
    await device.shows(device.button("Keep it"));
    await picture(device, "conversations-3-delete");
  });
}
