// Replies suit the user who asks, and are rated.

import assert from "node:assert/strict";
import { textOf } from "../support/messages.js";
import { signedUp } from "../support/people.js";
import { inEveryMajor } from "../support/sdks.js";
import { interactions, shownIsStored } from "../support/stored.js";

const robots = { software_level: "beginner", hardware_background: "robotics" };

inEveryMajor("the assistant is told of the user's background as it is now", async (sdk) => {
  const person = await signedUp(robots);
  const chat = sdk.open(person);
  const told = async () => {
    await chat.sendMessage({ text: "[[prompt]]" });
    const { user_context: context } = await person.read("/api/personalization/context");
    assert.ok(textOf(chat.lastMessage).includes(context.personalization_notes));
    return context.personalization_notes;
  };
  assert.match(await told(), /beginner.*robotics/);
  const now = { software_level: "advanced", hardware_background: "none" };
  assert.equal((await person.request("PUT", "/api/user/profile", now)).status, 200);
  assert.match(await told(), /advanced/);
  const used = (await interactions(person)).map(({ background_used }) => background_used);
  assert.deepEqual(
    used.map(({ software_level, hardware_background }) => ({ software_level, hardware_background })),
    [now, robots],
  );
  await shownIsStored(chat, person);
});

inEveryMajor("a reply is rated by the interaction in its metadata", async (sdk) => {
  const person = await signedUp(robots);
  const chat = sdk.open(person);
  await chat.sendMessage({ text: "one" });
  await chat.sendMessage({ text: "two" });
  const { interaction_id: id } = chat.messages[1].metadata;
  const rating = { personalization_effectiveness: 4.5 };
  const path = `/api/personalization/interactions/${id}/rating`;
  assert.equal((await person.request("PUT", path, rating)).status, 200);
  const [second, first] = await interactions(person);
  assert.equal(first.id, id);
  assert.equal(first.content_type, "chat");
  assert.equal(first.personalization_effectiveness, 4.5);
  assert.equal(second.personalization_effectiveness, null);
});
