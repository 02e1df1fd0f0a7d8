import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../screenshots/", import.meta.url));

/** The windows that every view must fit. */
export const SIZES = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
};

/** Takes a picture of the whole page, which must not be wider than its window. */
export async function keep(device, name) {
  const { page } = device;
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
  const excess = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.ok(excess <= 0, `${name} is ${excess} pixels wider than its window`);
}
