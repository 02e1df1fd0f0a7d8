import { API, auth } from "../auth.js";

/** Where `useChat` sends its messages. */
export const CHAT = `${API}/api/chat`;

/** Calls the API with the session cookie; `options` are those of the official client's own fetch. */
const call = (path, options) => auth.$fetch(`${API}/api${path}`, options);

export const listConversations = (options) => call("/conversations?limit=50", options);

export const rate = (interaction, personalization_effectiveness, options) =>
  call(`/personalization/interactions/${interaction}/rating`, {
    ...options,
    method: "PUT",
    body: { personalization_effectiveness },
  });

/** Ends the running reply of a chat for all who listen; `useChat` itself can only hang up. */
export const stopReply = (chat) =>
  call(`/chat/${encodeURIComponent(chat)}/stop`, { method: "POST" });

/** A page of the newest messages, oldest first. */
export async function newestMessages(conversation) {
  const path = `/conversations/${conversation}/messages?order=desc&limit=50`;
  const { messages } = await read(path);
  return messages.toReversed();
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

async function read(path) {
  const { data, error } = await call(path);
  if (error) throw error;
  return data;
}
