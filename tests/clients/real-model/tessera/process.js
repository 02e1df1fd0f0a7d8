// `cargo xtask dev` as a process of ours, with the model as its assistant.

import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { end } from "../support/command.js";
import { local, root } from "../support/paths.js";
import { Waiting } from "../support/waiting.js";

/** What everything prints goes here. */
export const log = `${local}real-model/tessera.log`;

/** The tokens that a reply may have: some seconds of this model. */
export const maxTokens = 300;

/** Builds and starts it on free ports; its output is shown until it is ready. */
export async function startTessera(modelUrl) {
  // Two of them would share the folder with the data and the environment of the functions.
  if (existsSync(`${local}watch-process`)) {
    throw new Error("`cargo xtask dev` seems to run already; end it first (or remove .local/watch-process)");
  }
  const port = await freePort();
  const ports = ["--port", port, "--dynamodb-port", await freePort()];
  const env = { ...process.env, ...settings(modelUrl) };
  const child = spawn("cargo", ["xtask", "dev", ...ports], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  return new Tessera(child, `http://127.0.0.1:${port}`);
}

function settings(modelUrl) {
  return {
    ASSISTANT: "openai",
    ASSISTANT_MODEL: "smollm2-135m-instruct",
    ASSISTANT_MAX_TOKENS: String(maxTokens),
    ASSISTANT_FIRST_BYTE_SECONDS: "30",
    OPENAI_BASE_URL: modelUrl,
  };
}

class Tessera {
  #isReady = false;
  #waiting = new Waiting();
  #child;

  constructor(child, url) {
    this.#child = child;
    this.url = url;
    const hint = `; see above, or ${log}`;
    child.on("error", (error) => this.#waiting.fail(new Error(`cargo can't be started: ${error.message}`)));
    child.on("exit", () => this.#waiting.fail(new Error(`\`cargo xtask dev\` has ended${hint}`)));
    mkdirSync(`${local}real-model`, { recursive: true });
    const file = createWriteStream(log);
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => this.#take(line, file));
    }
  }

  #take(line, file) {
    file.write(`${line}\n`);
    if (this.#isReady) return;
    console.log(`  | ${line}`);
    this.#isReady = line.startsWith("Ready after");
    this.#waiting.look();
  }

  /** Returns when it responds at `url`; a first build takes minutes. */
  ready() {
    return this.#waiting.until(() => this.#isReady, Infinity, "Tessera");
  }

  /** Ends it with all that it started. */
  stop() {
    return end(this.#child);
  }
}

/** A port that nothing listens on now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}
