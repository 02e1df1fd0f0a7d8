// Nothing is downloaded without having been asked for.

import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";

/** Asks whether to download; without a terminal, the answer is no. */
export async function consents(downloads) {
  console.log(`To be downloaded:\n${downloads.map((text) => `  ${text}`).join("\n")}`);
  if (!stdin.isTTY) return false;
  const terminal = createInterface({ input: stdin, output: stdout });
  const answer = await terminal.question("Go on? [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
