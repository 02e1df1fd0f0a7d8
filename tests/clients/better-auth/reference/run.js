// `npm run reference`: the same suite against Better Auth itself, to see that it reads it right.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { toNodeHandler } from "better-auth/node";
import { ownOrigin } from "../support/target.js";
import { reference } from "./auth.js";

/** A port that is free now, for the provider that the tests start. */
async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}

const port = await freePort();
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const baseURL = `http://127.0.0.1:${server.address().port}`;
  const secret = randomBytes(32).toString("hex");
  const outbox = [];
  const issuer = `http://127.0.0.1:${port}`;
  const clientSecret = randomBytes(32).toString("hex");
  const provider = {
    providerId: "google",
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    clientId: "client-suite",
    clientSecret,
    scopes: ["openid", "email", "profile"],
  };
  const auth = reference({ baseURL, secret, trustedOrigins: [ownOrigin], outbox, provider });
  const handler = toNodeHandler(auth);
  server.on("request", (request, response) => {
    const { pathname, searchParams } = new URL(request.url, baseURL);
    if (pathname !== "/__outbox") return handler(request, response);
    const mails = outbox.filter(({ to }) => to === searchParams.get("to"));
    response.setHeader("content-type", "application/json").end(JSON.stringify(mails));
  });

  const named = process.argv.slice(2);
  const all = readdirSync("test").filter((name) => name.endsWith(".test.js"));
  const files = named.length > 0 ? named : all.map((name) => `test/${name}`);
  const env = {
    ...process.env,
    TESSERA_URL: baseURL,
    SUITE_TARGET: "better-auth",
    GOOGLE_ISSUER: issuer,
    GOOGLE_CLIENT_ID: provider.clientId,
    GOOGLE_CLIENT_SECRET: clientSecret,
  };
  const suite = spawn(process.execPath, ["--test", "--test-reporter=spec", ...files], { env, stdio: "inherit" });
  suite.on("exit", (code) => {
    server.close();
    server.closeAllConnections();
    process.exitCode = code ?? 1;
  });
});
