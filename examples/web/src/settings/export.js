import { API, auth } from "../auth.js";

/** All items of the user, page after page. */
export async function everything(options) {
  const items = [];
  let cursor = "";
  do {
    const { data, error } = await auth.$fetch(`${API}/api/user/export${cursor}`, options);
    if (error) return { error };
    items.push(...data.items);
    cursor = data.next_cursor && `?cursor=${encodeURIComponent(data.next_cursor)}`;
  } while (cursor);
  return { data: items };
}

/** Lets the browser save the items as a file. */
export function save(items) {
  const file = new Blob([JSON.stringify({ items }, null, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "my-data.json";
  link.click();
  URL.revokeObjectURL(link.href);
}
