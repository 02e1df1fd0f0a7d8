// Messages as the SDK has them.

/** The words of a message. */
export function textOf({ parts }) {
  const texts = parts.filter(({ type }) => type === "text");
  return texts.map(({ text }) => text).join("");
}

/** A user's message with an id of the application's choice. */
export function question(id, text) {
  return { id, role: "user", parts: [{ type: "text", text }] };
}

/** What the echo assistant replies. */
export function echoOf(text) {
  return `This is the echo assistant, not a model. You said: ${text}`;
}

/** Stored messages, as a page puts them into its chat when it is loaded. */
export function asMessages(rows) {
  return rows.map(({ id, role, content }) => ({
    id: String(id),
    role,
    parts: [{ type: "text", text: content }],
  }));
}

/** The conversation that a chat's last reply belongs to. */
export function conversationOf({ messages }) {
  return messages.findLast(({ metadata }) => metadata !== undefined)?.metadata.conversation_id;
}
