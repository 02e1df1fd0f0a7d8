// The endpoint as a process of ours, with all that it tells.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Waiting } from "../support/waiting.js";
import { end } from "../support/command.js";
import { here } from "../support/paths.js";

/** Starts it on a free port. It ends by itself when we are gone. */
export function startModel() {
  const stdio = ["ignore", "pipe", "inherit", "ipc"];
  return new Model(spawn(process.execPath, [`${here}model/serve.js`], { stdio }));
}

/** The requests that it got, in order: `headers`, `messages`, `more`, `prompt_tokens`, and the `end` of each. */
class Model {
  requests = [];
  url = undefined;
  #waiting = new Waiting();
  #child;

  constructor(child) {
    this.#child = child;
    child.on("exit", () => this.#waiting.fail(new Error("the model's process has ended")));
    createInterface({ input: child.stdout }).on("line", (line) => this.#take(JSON.parse(line)));
  }

  #take({ listening, request, ...told }) {
    if (listening) this.url = listening;
    else if (told.messages) this.requests[request - 1] = told;
    else this.requests[request - 1].end = told;
    this.#waiting.look();
  }

  /** Returns when it listens at `url`. */
  ready() {
    return this.#waiting.until(() => this.url, 60_000, "the model to load");
  }

  /** How the newest request ended, as soon as it has. */
  ending() {
    return this.#waiting.until(() => this.requests.at(-1)?.end, 90_000, "the end of the model's reply");
  }

  /** Ends it. */
  stop() {
    return end(this.#child);
  }
}
