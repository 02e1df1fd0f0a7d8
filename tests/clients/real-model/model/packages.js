// The npm packages of this folder: installed as the lockfile says, without running any script of theirs.

import { existsSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { run } from "../support/command.js";
import { here } from "../support/paths.js";

const lockfile = `${here}package-lock.json`;
// `npm ci` begins with removing the folder, so half an installation has no receipt.
const receipt = `${here}node_modules/.lockfile-of-this`;

/** Whether exactly the packages of the lockfile are there. */
export async function hasPackages() {
  if (!existsSync(receipt)) return false;
  return (await readFile(receipt, "utf8")) === (await readFile(lockfile, "utf8"));
}

/** Installs them. */
export async function installPackages() {
  await run("npm", ["ci"], { cwd: here });
  await copyFile(lockfile, receipt);
}
