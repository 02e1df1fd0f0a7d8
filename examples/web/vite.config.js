import { defineConfig } from "vite";

/** Where the page is served; an origin of its own, so that every call of the API crosses origins. */
const server = { host: "127.0.0.1", port: 5173, strictPort: true };

/** Packages mark what is for clients only; in a page, that is everything. */
const build = {
  rolldownOptions: {
    onLog(level, log, handle) {
      if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log);
    },
  },
};

export default defineConfig({ server, preview: server, build });
