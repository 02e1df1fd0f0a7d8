import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../screenshots/", import.meta.url));
const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

const desktop = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const dark = { colorScheme: "dark" };

/** The windows that every view must fit. */
export const SIZES = {
  desktop,
  "desktop-dark": { ...desktop, ...dark },
  phone,
  "phone-dark": { ...phone, ...dark },
};

/** Keeps a picture of a view, which must fit its window and have no serious fault of accessibility. */
export async function keep(device, name) {
  const { page } = device;
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true, animations: "disabled" });
  const excess = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.ok(excess <= 0, `${name} is ${excess} pixels wider than its window`);
  assert.deepEqual(await faults(page), [], `${name} has faults of accessibility`);
}

/** What axe calls a serious or critical fault, with the elements that have it. */
async function faults(page) {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
  const { violations, passes } = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  assert.ok(passes.length > 0, "axe has looked at nothing");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")}`);
}
