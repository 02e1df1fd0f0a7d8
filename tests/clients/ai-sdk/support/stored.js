// What the server keeps of chats, as its other routes show it.

import assert from "node:assert/strict";
import { conversationOf, textOf } from "./messages.js";

/** The messages of a conversation, of all its branches, oldest first. */
export async function storedMessages(person, conversation) {
  const page = await person.read(`/api/conversations/${conversation}/messages?limit=50`);
  assert.equal(page.next_cursor, null);
  return page.messages;
}

/** The active branch, oldest first: what a page shows when it is loaded. */
export async function activeBranch(person, conversation) {
  const rows = [];
  let cursor = "";
  do {
    const path = `/api/conversations/${conversation}/messages?branch=active${cursor}`;
    const { messages, next_cursor } = await person.read(path);
    rows.push(...messages);
    cursor = next_cursor && `&cursor=${encodeURIComponent(next_cursor)}`;
  } while (cursor);
  rows.reverse();
  const parents = rows.map(({ parent_id }) => parent_id);
  assert.deepEqual(parents, [null, ...rows.map(({ id }) => id)].slice(0, rows.length));
  return rows;
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
 * Expects that a chat shows exactly the active branch, replies under the ids of the store and each with its
 * interaction; gives the branch. Of the reply whose id is `stopped`, a beginning is enough.
 */
export async function shownIsStored(chat, person, { stopped } = {}) {
  assert.equal(chat.error, undefined);
  assert.equal(chat.status, "ready");
  const conversation = conversationOf(chat);
  const rows = await activeBranch(person, conversation);
  const shown = chat.messages.map(({ id, role, parts }, index) => {
    const text = textOf({ parts });
    const { content } = rows[index] ?? {};
    const isBeginning = id === stopped && content?.startsWith(text);
    return `${role}: ${isBeginning ? content : text}`;
  });
  assert.deepEqual(shown, lines(rows));
  const known = await interactions(person);
  chat.messages.forEach(({ role, id, metadata }, index) => {
    if (role !== "assistant") return;
    const [question, reply] = rows.slice(index - 1, index + 1);
    assert.equal(id, String(reply.id));
    if (metadata === undefined) return;
    assert.equal(metadata.conversation_id, conversation);
    assert.equal(metadata.user_message_id, question.id);
    assert.equal(metadata.parent_id, question.parent_id);
    const interaction = known.find(({ id }) => id === metadata.interaction_id);
    assert.equal(interaction?.message_id, reply.id, "a reply has no interaction");
    assert.equal(interaction.conversation_id, conversation);
  });
  return rows;
}
