import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { API, PAGE } from "./settings.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The one of `cargo xtask dev`, and one that it has not. */
const PROVIDERS = "google, dev";

/** Builds the page for the API and serves it on its own origin; returns a function that ends that. */
export async function servePage() {
  process.env.VITE_TESSERA_URL = API.origin;
  process.env.VITE_TESSERA_PROVIDERS = PROVIDERS;
  const common = { root, logLevel: "warn" };
  await build(common);
  const server = await preview({ ...common, preview: { port: Number(PAGE.port) } });
  return () => server.close();
}
