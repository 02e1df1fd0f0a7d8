// A page that has loaded only the newest messages of a long chat.

import assert from "node:assert/strict";
import { edit, editInPlace } from "../support/buttons.js";
import { asMessages, conversationOf, textOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { activeBranch } from "../support/stored.js";

const buttons = {
  "send": (chat) => chat.sendMessage({ text: "more" }),
  "regenerate": (chat) => chat.regenerate(),
  "edit the last question": (chat) => edit(chat, -1, "other"),
  "edit the first question": (chat) => edit(chat, 0, "other"),
  "edit the first question in place": (chat) => editInPlace(chat, 0, "other"),
  "regenerate the first reply": (chat) => chat.regenerate({ messageId: chat.messages[1].id }),
};
/** Nothing in its list is stored, and it names nothing: the question is the first of a branch. */
const withoutPlace = "edit the first question in place";

for (const [name, button] of Object.entries(buttons)) {
  inEveryMajor(`a page of the newest messages: ${name}`, async (sdk) => {
    const person = await signedUp();
    const whole = sdk.open(person);
    for (let count = 1; count <= 4; count += 1) await whole.sendMessage({ text: `number ${count}` });
    const id = conversationOf(whole);
    const rows = await activeBranch(person, id);
    const chat = sdk.open(person, { id: String(id), messages: asMessages(rows.slice(4)) });
    await button(chat);
    assert.equal(chat.error, undefined);
    const branch = await activeBranch(person, id);
    const before = name === withoutPlace ? [] : rows.slice(0, 4);
    assert.deepEqual(branch.slice(0, before.length), before);
    const shown = branch.slice(before.length).map(({ content }) => content);
    assert.deepEqual(chat.messages.map(textOf), shown);
  });
}
