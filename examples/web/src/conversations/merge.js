/** The list after its first page was read again: what was read before stays where it is older than that page. */
export function refreshed(known, { conversations, next_cursor }) {
  if (!next_cursor) return { rows: conversations, cursor: null };
  const ids = new Set(conversations.map(({ id }) => id));
  const oldest = conversations.at(-1)?.updated_at ?? "";
  const older = known.rows.filter(({ id, updated_at }) => updated_at < oldest && !ids.has(id));
  return { rows: [...conversations, ...older], cursor: older.length ? known.cursor : next_cursor };
}

/** The list with another page at its end; what was used meanwhile may be on it a second time. */
export function extended(known, { conversations, next_cursor }) {
  const ids = new Set(known.rows.map(({ id }) => id));
  const others = conversations.filter(({ id }) => !ids.has(id));
  return { rows: [...known.rows, ...others], cursor: next_cursor };
}
