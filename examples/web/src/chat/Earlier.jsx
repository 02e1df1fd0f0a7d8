import { useId } from "react";
import { Notice } from "../layout/Notice.jsx";
import { useConversations } from "./useConversations.js";

/** Chooses among the user's conversations; nothing before there is one. */
export function Earlier({ current, open, start }) {
  const id = useId();
  const { conversations, problem } = useConversations(current);
  if (!conversations.length) return <Notice kind="problem" text={problem} />;
  const choose = ({ target }) => (target.value ? open(Number(target.value)) : start());
  return (
    <div className="earlier">
      <label htmlFor={id}>Conversation</label>
      <select id={id} value={current ?? ""} onChange={choose}>
        <option value="">New chat</option>
        {current && !conversations.some((conversation) => conversation.id === current) && (
          <option value={current}>This chat</option>
        )}
        {conversations.map((conversation) => (
          <option key={conversation.id} value={conversation.id}>
            {conversation.title}
          </option>
        ))}
      </select>
    </div>
  );
}
