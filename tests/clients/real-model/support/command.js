// Programs that are run to their end.

import { spawn } from "node:child_process";

/** Runs a program with its output on the terminal; fails unless it ends well. */
export function run(program, words, { cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, stdio: ["ignore", "inherit", "inherit"] });
    const what = `${program} ${words.join(" ")}`;
    child.on("error", (error) => reject(new Error(`${program} can't be started: ${error.message}`)));
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${what} failed; see above`))));
  });
}

/** Asks a child to end, insists after some seconds, and returns when it is gone. */
export function end(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const insist = setTimeout(() => child.kill("SIGKILL"), 30_000);
    child.on("exit", () => {
      clearTimeout(insist);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
