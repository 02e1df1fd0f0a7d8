import { request } from "node:http";
import { API } from "./settings.js";

/** The mails to an address in the local outbox, oldest first. */
async function mailsTo(email) {
  const response = await fetch(new URL(`/__outbox?to=${encodeURIComponent(email)}`, API));
  return response.json();
}

/** Waits for the next mail of a type to an address. */
export async function mail(email, type, { count = 1 } = {}) {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const found = (await mailsTo(email)).filter((mail) => mail.type === type);
    if (found.length >= count) return found[count - 1];
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const there = (await mailsTo(email)).map((mail) => mail.type);
  throw new Error(`no mail ${type} to ${email}; there is: ${there.join(", ") || "none"}`);
}

/** What a scanner of mails does with every link before its reader does. Node's `fetch` would pass for a script. */
export async function scan(url) {
  for (const method of ["HEAD", "GET", "GET"]) {
    await new Promise((resolve, reject) => {
      const sent = request(url, { method }, (incoming) => incoming.on("end", resolve).resume());
      sent.on("error", reject).end();
    });
  }
}
