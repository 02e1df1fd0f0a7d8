// The mails that the server has sent, as its outbox shows them.

import assert from "node:assert/strict";
import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { url } from "./target.js";

/** The mails to an address, oldest first: `{ type, url, token }` and more. */
export async function mailsTo(address) {
  const response = await fetch(`${url}/__outbox?to=${encodeURIComponent(address)}`);
  assert.equal(response.status, 200);
  return response.json();
}

/** Waits for the mail with this number, counted from 1, to an address; 20 seconds at most. */
export async function mailTo(address, number = 1) {
  const until = Date.now() + 20_000;
  while (Date.now() < until) {
    const mails = await mailsTo(address);
    if (mails.length >= number) return mails[number - 1];
    await pause(100);
  }
  assert.fail(`no mail ${number} came`);
}

/** A request as a program without `fetch` sends it: Node's own always says `sec-fetch-mode: cors`. */
function send(link, { method = "GET", headers }) {
  return new Promise((resolve, reject) => {
    const sent = request(link, { method, headers }, (incoming) => {
      const parts = [];
      incoming.on("data", (part) => parts.push(part));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const named = Object.entries(incoming.headersDistinct);
        const all = named.flatMap(([name, values]) => values.map((value) => [name, value]));
        resolve(new Response(Buffer.concat(parts), { status: incoming.statusCode, headers: all }));
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** Opens a link as a browser does for its reader, and goes nowhere: the response. */
export function open(link) {
  const headers = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" };
  return send(link, { headers });
}

/** Looks at a link as a program does that searches mails for bad ones. */
export async function scan(link) {
  for (const method of ["GET", "HEAD", "GET"]) await send(link, { method, headers: { accept: "*/*" } });
}
