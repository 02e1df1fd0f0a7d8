import { activeBranch, interactionsSince } from "./api.js";

/** The active branch of a conversation in the form of `useChat`; replies have their ratings. */
export async function readStored(conversation) {
  const rows = await activeBranch(conversation);
  if (!rows.length) return [];
  const interactions = await interactionsSince(rows[0].created_at);
  const ofReplies = new Map(
    interactions
      .filter((interaction) => interaction.conversation_id === conversation)
      .map((interaction) => [interaction.message_id, interaction]),
  );
  return rows.map((row) => asMessage(row, ofReplies.get(row.id)));
}

function asMessage({ id, role, content, conversation_id }, interaction) {
  const metadata = {
    stored: true,
    conversation_id,
    interaction_id: interaction?.id,
    rating: interaction?.personalization_effectiveness ?? undefined,
  };
  return { id: String(id), role, metadata, parts: [{ type: "text", text: content }] };
}

/** The text of a message in the form of `useChat`. */
export function textOf(message) {
  const texts = message.parts.filter((part) => part.type === "text");
  return texts.map((part) => part.text).join("");
}

/** The stored id of the message at this place of the chat, if it is known. */
export function storedId(messages, index) {
  const { id, role, metadata } = messages[index];
  if (role === "assistant" || metadata?.stored) return Number(id);
  const next = messages[index + 1];
  return next?.role === "assistant" ? next.metadata?.user_message_id : undefined;
}

/** Whether all of a reply is here. */
export const isComplete = ({ metadata }) => Boolean(metadata?.stored || metadata?.usage);
