// What a chat shows when something goes wrong, and waiting for what it shows.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Expects that a chat shows a problem of the server with this status and code; gives it. */
export function failed(chat, status, code) {
  assert.equal(chat.status, "error");
  const problem = JSON.parse(chat.error.message);
  assert.deepEqual({ status: problem.status, code: problem.code }, { status, code });
  assert.equal(typeof problem.message, "string");
  return problem;
}

/** Expects a response that is this problem. */
export async function refused(response, status, code) {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal((await response.json()).code, code);
}

/** Waits until `look` gives something else than undefined or false, and gives that. */
export async function until(what, look, seconds = 10) {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(20);
  }
  throw new Error(`waited ${seconds} s in vain until ${what}`);
}

/** Waits until a chat shows the first words of a reply that goes on. */
export function firstWords(chat) {
  const begun = ({ status, text }) => status === "streaming" && text?.length > 0;
  return until("a reply begins", () => chat.seen.length > 0 && begun(chat.seen.at(-1)));
}
