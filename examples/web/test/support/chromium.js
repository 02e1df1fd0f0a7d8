import { access, constants } from "node:fs/promises";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./settings.js";

const OPTIONS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // No name but this machine's resolves, so that nothing can be loaded from elsewhere unnoticed.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

/** Starts the system's Chromium with an empty profile of its own. */
export async function launch() {
  try {
    await access(CHROMIUM, constants.X_OK);
  } catch {
    throw new Error(
      `There is no Chromium at ${CHROMIUM}. Install it (Debian: apt-get install chromium) ` +
        "or name its program in the variable CHROMIUM.",
    );
  }
  return chromium.launch({ executablePath: CHROMIUM, args: OPTIONS });
}
