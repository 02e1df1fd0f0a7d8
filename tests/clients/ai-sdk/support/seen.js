// Reads what a chat has shown, change by change.

/** The statuses in order, each once in a row. */
export function statuses({ seen }) {
  return seen.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]);
}

/** The texts that its replies have grown through in order, each with the time when it was shown. */
export function growth({ seen }) {
  const withText = seen.filter(({ text }) => text !== undefined && text !== "");
  return withText.filter(({ text }, index) => text !== withText[index - 1]?.text);
}
