import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { launch } from "./support/chromium.js";

const root = fileURLToPath(new URL("..", import.meta.url));

test("a build that is told no address calls the API where the page comes from", async () => {
  delete process.env.VITE_TESSERA_URL;
  const outDir = await mkdtemp(join(tmpdir(), "tessera-page-"));
  const common = { root, logLevel: "warn", build: { outDir, emptyOutDir: true } };
  await build(common);
  const server = await preview({ ...common, preview: { port: 0, strictPort: false } });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const asked = page.waitForRequest(/\/api\/auth\/get-session$/);
    const { origin } = new URL(server.resolvedUrls.local[0]);
    await page.goto(`${origin}/`);
    assert.equal(new URL((await asked).url()).origin, origin);
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true });
  }
});
