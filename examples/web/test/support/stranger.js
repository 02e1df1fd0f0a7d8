import { createServer } from "node:http";
import { once } from "node:events";

/**
 * Serves an empty page on a port that the API does not trust: the same site as the API, so that the browser sends its
 * cookies along, but another origin.
 */
export async function serveStranger() {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>Stranger</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://localhost:${server.address().port}/`, stop: () => server.close() };
}
