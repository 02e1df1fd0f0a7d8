import { interactionsSince, newestMessages } from "./api.js";

/** The newest messages of a conversation in the form of `useChat`; replies have their ratings. */
export async function readStored(conversation) {
  const rows = await newestMessages(conversation);
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
