// Each test runs once with cookies and once with a bearer token.

import { test } from "node:test";
import { clients } from "./client.js";

/**
 * Declares one test for each mode. `body` gets a function that opens one more client of that mode, as another
 * device of the same kind, and the test's context.
 */
export function inBothModes(name, body) {
  for (const [mode, open] of Object.entries(clients)) {
    test(`${name} [${mode}]`, (context) => body(() => open(), context));
  }
}
