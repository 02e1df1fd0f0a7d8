// What the server keeps of chats, as its other routes show it.

import assert from "node:assert/strict";
import { conversationOf, textOf } from "./messages.js";

/** The messages of a conversation, oldest first. */
export async function storedMessages(person, conversation) {
  const page = await person.read(`/api/conversations/${conversation}/messages?limit=50`);
  assert.equal(page.next_cursor, null);
  return page.messages;
}

/** Every interaction of a person, newest first. */
export async function interactions(person) {
  return (await person.read("/api/personalization/interactions?limit=50")).interactions;
}

/** Each message as `role: text`. */
export function lines(rows) {
  return rows.map(({ role, content }) => `${role}: ${content}`);
}

/**
 * Expects that a chat shows exactly what is stored, under the ids of the store, each reply with its
 * interaction; gives the stored messages.
 */
export async function shownIsStored(chat, person) {
  assert.equal(chat.error, undefined);
  assert.equal(chat.status, "ready");
  const conversation = conversationOf(chat);
  const rows = await storedMessages(person, conversation);
  const shown = chat.messages.map((message) => `${message.role}: ${textOf(message)}`);
  assert.deepEqual(shown, lines(rows));
  const known = await interactions(person);
  chat.messages.forEach(({ role, id, metadata }, index) => {
    if (role !== "assistant" || metadata === undefined) return;
    const [question, reply] = rows.slice(index - 1, index + 1);
    assert.equal(id, String(reply.id));
    assert.equal(metadata.conversation_id, conversation);
    assert.equal(metadata.user_message_id, question.id);
    const interaction = known.find(({ id }) => id === metadata.interaction_id);
    assert.equal(interaction?.message_id, reply.id, "a reply has no interaction");
    assert.equal(interaction.conversation_id, conversation);
  });
  return rows;
}
