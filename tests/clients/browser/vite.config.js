import { defineConfig } from "vite";

/** Where the page is served; an origin of its own, so that every call of the API crosses origins. */
const server = { host: "127.0.0.1", port: 5173, strictPort: true };

export default defineConfig({ server, preview: server });
