import { useEffect, useRef, useState } from "react";
import { deleteConversation, listConversations, renameConversation } from "../chat/api.js";
import { useAction } from "../forms/useAction.js";
import { extended, refreshed } from "./merge.js";

/** The user's conversations, the latest activity first; read again whenever `current` is another. */
export function useConversations(current) {
  const [list, setList] = useState({ rows: [] });
  // The index that the list is read from may be some moments late.
  const gone = useRef(new Set());
  const first = useAction(async (_, options) => {
    const response = await listConversations(undefined, options);
    if (response.data) setList((known) => refreshed(known, response.data));
    return response;
  });
  const next = useAction(async (cursor, options) => {
    const response = await listConversations(cursor, options);
    if (response.data) setList((known) => extended(known, response.data));
    return response;
  });
  const refresh = () => first.run();
  useEffect(() => {
    refresh();
  }, [current]);
  const change = (rows) => setList((known) => ({ ...known, rows: rows(known.rows) }));
  return {
    rows: list.rows.filter(({ id }) => !gone.current.has(id)),
    problem: first.problem ?? next.problem,
    refresh,
    /** Reads on; undefined at the end of the list. */
    more: list.cursor ? () => next.run(list.cursor) : undefined,
    waits: next.pending,
    async rename(conversation, title, options) {
      const response = await renameConversation(conversation, title, options);
      const { data } = response;
      if (data) change((rows) => rows.map((row) => (row.id === data.id ? { ...row, title: data.title } : row)));
      return response;
    },
    async remove(conversation, options) {
      const { error } = await deleteConversation(conversation, options);
      // Another device may have been faster.
      if (error && error.code !== "CONVERSATION_NOT_FOUND") return { error };
      gone.current.add(conversation);
      change((rows) => rows.filter(({ id }) => id !== conversation));
      return {};
    },
  };
}
