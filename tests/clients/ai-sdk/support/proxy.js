// An application's own server before the API: Express with its usual compression.

import http from "node:http";
import { pipeline } from "node:stream";
import compression from "compression";
import express from "express";
import { url } from "./target.js";

/** Starts it on a free port and ends it with the test; returns its address. */
export async function compressing(context) {
  const app = express();
  app.use(compression());
  app.use((request, response) => {
    const { host, ...headers } = request.headers;
    const forwarded = http.request(new URL(request.originalUrl, url), { method: request.method, headers });
    forwarded.on("response", (upstream) => {
      response.writeHead(upstream.statusCode, upstream.headers);
      passOn(upstream, response);
    });
    passOn(request, forwarded);
  });
  const server = await new Promise((started) => {
    const listening = app.listen(0, "127.0.0.1", () => started(listening));
  });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** When one side is cut off, the other ends too: it would stay open, and the process with it. */
function passOn(from, to) {
  pipeline(from, to, () => {});
}
