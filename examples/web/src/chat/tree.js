/** The messages beside one, itself included, oldest first: other words of a question, other replies. */
export function siblings(rows, id) {
  const row = rows.find((row) => row.id === id);
  if (!row) return [];
  const parent = parentOf(rows, row);
  return rows.filter((other) => parentOf(rows, other) === parent).sort((a, b) => a.id - b.id);
}

/** The newest message of all that came after one, which is the end of a branch. */
export function newestBelow(rows, id) {
  const below = new Set([id]);
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    if (below.has(parentOf(rows, row))) below.add(row.id);
  }
  return Math.max(...below);
}

/** Where nothing came under the parent's id, the nearest message before it is meant. */
function parentOf(rows, { parent_id }) {
  if (parent_id === null) return null;
  const before = rows.filter(({ id }) => id <= parent_id).map(({ id }) => id);
  return before.length ? Math.max(...before) : null;
}
