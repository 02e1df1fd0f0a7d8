// A reply is cancelled, and the next button is pressed at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { echoOf, textOf } from "../../ai-sdk/support/messages.js";
import { until } from "../../ai-sdk/support/outcome.js";
import { signedUp } from "../../ai-sdk/support/people.js";
import { shownIsStored, storedMessages } from "../../ai-sdk/support/stored.js";
import { App } from "../support/app.js";

const slow = `[[slow]] Tell me everything about servos ${"and about motors ".repeat(12).trim()}`;

/** A thread whose second reply has begun. */
async function running(context, person) {
  const app = await App.open(context, person);
  await app.press(() => app.send("one"));
  app.send(slow);
  await app.begins(4);
  return app;
}

test("cancel, and the page shows a beginning of what is stored in the end", async (context) => {
  const person = await signedUp();
  const app = await running(context, person);
  await app.press(() => app.cancel());
  const { id: stopped } = app.messages.at(-1);
  assert.ok(app.text.length < echoOf(slow).length, "it was complete already");
  await until("the reply is stored", async () => {
    return (await storedMessages(person, app.conversation)).length === 4;
  });
  await shownIsStored(app, person, { stopped });
  const other = await app.reloaded(context, person);
  assert.equal(other.text, echoOf(slow));
});

const buttons = {
  "ask": (app) => app.send("two"),
  "reload the reply": (app) => app.reload(3),
  "reload the first reply": (app) => app.reload(1),
};

for (const [name, button] of Object.entries(buttons)) {
  test(`cancel, and ${name} at once`, async (context) => {
    const person = await signedUp();
    const app = await running(context, person);
    const before = await storedMessages(person, app.conversation);
    await app.press(() => app.cancel());
    const { id: stopped } = app.messages.at(-1);
    await app.press(button);
    await shownIsStored(app, person, { stopped });
    const after = await storedMessages(person, app.conversation);
    assert.deepEqual(after.slice(0, before.length), before);
    const other = await app.reloaded(context, person);
    const [shown, stored] = [app, other].map(({ messages }) => messages.map(textOf));
    assert.deepEqual(shown.toSpliced(3, 1), stored.toSpliced(3, 1));
  });
}

/** Expects that a request was refused while a reply runs, and that it goes well once the reply is stored. */
async function waited(app, person, conversation) {
  assert.equal(JSON.parse(app.error.responseBody).code, "TURN_IN_PROGRESS");
  await until("the reply is stored", async () => {
    return (await storedMessages(person, conversation)).length === 4;
  });
  await app.press(() => app.tryAgain());
  await shownIsStored(app, person);
}

/** Their lists end before the running question, and an edited one has a new id: nothing shows that it is known. */
const early = {
  "edit the last question": (app) => app.edit(2, "due"),
  "edit the first question": (app) => app.edit(0, "uno"),
};

for (const [name, button] of Object.entries(early)) {
  test(`cancel, and ${name} at once: it waits for the reply`, async (context) => {
    const person = await signedUp();
    const app = await running(context, person);
    const { conversation } = app;
    await app.press(() => app.cancel());
    await app.press(button);
    await waited(app, person, conversation);
  });

  test(`cancel, stop by the route, and ${name} at once`, async (context) => {
    const person = await signedUp();
    const app = await running(context, person);
    await app.press(() => app.cancel());
    const { status } = await person.request("POST", `/api/chat/${app.conversation}/stop`);
    assert.equal(status, 204);
    await app.press(button);
    assert.equal(app.error, undefined);
    await shownIsStored(app, person);
  });
}

/** assistant-ui takes the question back into the composer, so that its list does not show it. */
test("cancel before the first word, and ask at once: it waits for the reply", async (context) => {
  const person = await signedUp();
  const app = await App.open(context, person);
  await app.press(() => app.send("one"));
  const { conversation } = app;
  app.send(slow);
  await until("the question is stored", async () => {
    return (await storedMessages(person, conversation)).length === 3;
  });
  await app.press(() => app.cancel());
  const { length } = app.messages;
  await app.press(() => app.send("two"));
  // It had begun by then.
  if (length > 2) return;
  await waited(app, person, conversation);
});
