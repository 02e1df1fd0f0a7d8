import { API, auth } from "../auth.js";

/** Where `useChat` sends its messages. */
export const CHAT = `${API}/api/chat`;

/** Calls the API with the session cookie; `options` are those of the official client's own fetch. */
const call = (path, options) => auth.$fetch(`${API}/api${path}`, options);

/** A page of the user's conversations, the latest activity first. */
export const listConversations = (cursor, options) => {
  const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
  return call(`/conversations?sort=updated_at&limit=20${from}`, options);
};

export const readConversation = (conversation) => call(`/conversations/${conversation}`);

export const renameConversation = (conversation, title, options) =>
  call(`/conversations/${conversation}`, { ...options, method: "PATCH", body: { title } });

export const deleteConversation = (conversation, options) =>
  call(`/conversations/${conversation}`, { ...options, method: "DELETE" });

export const rate = (interaction, personalization_effectiveness, options) =>
  call(`/personalization/interactions/${interaction}/rating`, {
    ...options,
    method: "PUT",
    body: { personalization_effectiveness },
  });

/** Ends the running reply of a chat for all who listen; `useChat` itself can only hang up. */
export const stopReply = (chat) =>
  call(`/chat/${encodeURIComponent(chat)}/stop`, { method: "POST" });

/** Maximum pages of a branch that are shown; the API gives 24 messages a page. */
const PAGES = 5;

/** The newest messages of the active branch, oldest first. */
export async function activeBranch(conversation) {
  const path = `/conversations/${conversation}/messages?branch=active&limit=24`;
  return (await pages(path, "messages", PAGES)).toReversed();
}

/** All messages of a conversation, of every branch. */
export const allMessages = (conversation) =>
  pages(`/conversations/${conversation}/messages?limit=50`, "messages");

/** Makes the branch that ends with a message the active one. */
export async function choose(conversation, active_message_id) {
  const options = { method: "PATCH", body: { active_message_id } };
  const { error } = await call(`/conversations/${conversation}`, options);
  if (error) throw error;
}

/** The interactions of chats since a time, newest first. */
export async function interactionsSince(time) {
  const found = [];
  let cursor = "";
  do {
    const page = await read(`/personalization/interactions?content_type=chat&limit=50${cursor}`);
    found.push(...page.interactions);
    cursor = page.next_cursor && `&cursor=${encodeURIComponent(page.next_cursor)}`;
  } while (cursor && found.at(-1).timestamp >= time);
  return found;
}

async function pages(path, name, most = Infinity) {
  const found = [];
  let cursor = "";
  for (let count = 0; count < most && cursor !== null; count += 1) {
    const page = await read(path + cursor);
    found.push(...page[name]);
    cursor = page.next_cursor && `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
  return found;
}

async function read(path) {
  const { data, error } = await call(path);
  if (error) throw error;
  return data;
}
