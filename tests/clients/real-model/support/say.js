// What the run prints.

import { stdout } from "node:process";

const width = 96;
const colour = (code, text) => (stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);

/** A step that may take its time. */
export function step(text) {
  console.log(`${colour(1, "==>")} ${text}`);
}

/** The parts of a check. */
export const say = {
  question: (text) => console.log(`  question  ${text}`),
  reply: (text) => console.log(`  reply     ${wrapped(text)}`),
  fact: (text) => console.log(`  ${colour(2, `- ${wrapped(text)}`)}`),
};

/** How a check ended. */
export function outcome(title, error) {
  console.log(error ? `  ${colour(31, "FAILED")} ${title}\n${error.stack ?? error}` : `  ${colour(32, "ok")}`);
}

/** A text in lines of some length, below each other. */
function wrapped(text) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    if (lines.at(-1).length + word.length > width) lines.push("");
    lines[lines.length - 1] += `${lines.at(-1) && " "}${word}`;
  }
  return lines.join("\n            ");
}
