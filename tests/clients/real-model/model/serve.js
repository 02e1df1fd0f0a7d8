// `npm run model`: the endpoint alone. It tells on stdout, a JSON line each, where it listens, what
// each request was and how it ended.

import { parseArgs } from "node:util";
import { load } from "./engine.js";
import { endpoint } from "./endpoint.js";
import { weights } from "./weights.js";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const say = (line) => console.log(JSON.stringify(line));

const server = endpoint(await load(weights), say);
server.listen(Number(values.port), "127.0.0.1", () => {
  say({ listening: `http://127.0.0.1:${server.address().port}/v1` });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit());
// The process that started this one is gone.
process.on("disconnect", () => process.exit());
