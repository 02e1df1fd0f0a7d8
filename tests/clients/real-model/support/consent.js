// Nothing is downloaded without consent.

import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";

/** Asks whether to download; without a terminal, there is no consent. */
export async function consents(downloads) {
  console.log(`To be downloaded:\n${downloads.map((text) => `  ${text}`).join("\n")}`);
  if (!stdin.isTTY) return false;
  const terminal = createInterface({ input: stdin, output: stdout });
  const typed = await terminal.question("Go on? [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(typed.trim());
}
