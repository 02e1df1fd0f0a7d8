// Better Auth over memory, set up as for production: what Tessera is measured beside.
// It listens on PORT, reads the file STATE at the start if it is there, and writes it at the end.

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { deserialize, serialize } from "node:v8";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { bearer, jwt } from "better-auth/plugins";

const { PORT, STATE } = process.env;

/** A fresh secret and empty tables. */
function fresh() {
  const tables = { user: [], session: [], account: [], verification: [], jwks: [] };
  return { secret: randomBytes(32).toString("hex"), tables };
}

const state = existsSync(STATE) ? deserialize(readFileSync(STATE)) : fresh();
const baseURL = `http://127.0.0.1:${PORT}`;

const auth = betterAuth({
  baseURL,
  secret: state.secret,
  database: memoryAdapter(state.tables),
  emailAndPassword: { enabled: true },
  plugins: [bearer(), jwt()],
  user: {
    deleteUser: { enabled: true },
    additionalFields: {
      software_level: { type: "string", required: false },
      hardware_background: { type: "string", required: false },
    },
  },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  // A wrong password is a warning.
  logger: { level: "error" },
});

const { version } = await auth.$context;
const title = `Better Auth ${version} on Node ${process.version}`;
const server = createServer(toNodeHandler(auth));
// A user pauses for less than this, and then sends the next request on the same connection.
server.keepAliveTimeout = 65_000;
server.listen(Number(PORT), "127.0.0.1", () => console.log(`ready ${baseURL} ${title}`));

process.once("SIGTERM", () => {
  writeFileSync(STATE, serialize(state));
  process.exit();
});
