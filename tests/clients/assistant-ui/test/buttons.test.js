// Whatever is pressed: the page shows the active branch, and nothing that was stored is gone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../../ai-sdk/support/messages.js";
import { until } from "../../ai-sdk/support/outcome.js";
import { signedUp } from "../../ai-sdk/support/people.js";
import { shownIsStored, storedMessages } from "../../ai-sdk/support/stored.js";
import { App } from "../support/app.js";

/** Buttons of a thread of two turns, by their names. */
const buttons = {
  "send": (app) => app.send("three"),
  "edit the last question": (app) => app.edit(app.messages.length - 2, "due"),
  "edit the first question": (app) => app.edit(0, "uno"),
  "reload the last reply": (app) => app.reload(app.messages.length - 1),
  "reload the first reply": (app) => app.reload(1),
};

/** A thread of two turns. */
async function twoTurns(context, person) {
  const app = await App.open(context, person);
  for (const text of ["one", "two"]) await app.press(() => app.send(text));
  await shownIsStored(app, person);
  return app;
}

/** Presses a button and expects that the page shows the branch, and that all from before is stored. */
async function press(app, person, button) {
  const { conversation } = app;
  const before = await storedMessages(person, conversation);
  await app.press(button);
  await shownIsStored(app, person);
  const after = await storedMessages(person, conversation);
  assert.deepEqual(after.slice(0, before.length), before);
}

for (const [name, button] of Object.entries(buttons)) {
  test(`${name}, and go on`, async (context) => {
    const person = await signedUp();
    const app = await twoTurns(context, person);
    await press(app, person, button);
    await press(app, person, buttons.send);
    await press(await app.reloaded(context, person), person, buttons.send);
  });

  test(`after a reload of the page, ${name}`, async (context) => {
    const person = await signedUp();
    const app = await (await twoTurns(context, person)).reloaded(context, person);
    await press(app, person, button);
    await press(app, person, button);
    await press(await app.reloaded(context, person), person, buttons.send);
  });
}

test("a user goes back to an earlier version, and on from there", async (context) => {
  const person = await signedUp();
  const app = await twoTurns(context, person);
  const before = app.messages.map(textOf);
  await press(app, person, buttons["edit the first question"]);
  app.previous(0);
  await until("the first version is shown", () => app.messages.length === 4);
  assert.deepEqual(app.messages.map(textOf), before);
  await press(app, person, buttons.send);
  assert.deepEqual(app.messages.slice(0, 4).map(textOf), before);
});
