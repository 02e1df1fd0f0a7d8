// Users of a database that Better Auth itself has made sign in here with their passwords.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { clients } from "../support/client.js";
import { mailTo } from "../support/mails.js";
import { failed, session, succeeded } from "../support/outcome.js";
import { person, signedIn } from "../support/people.js";
import { makeDatabase, query } from "./database.js";

const root = new URL("../../../../", import.meta.url);
const background = { software_level: "advanced", hardware_background: "embedded systems" };
const people = [
  person({ name: "Ada", verified: true, ...background }),
  // In the form NFD, and with a letter that NFKC takes apart.
  person({ name: "Zo\u00eb", password: "pa\u0308ssword \ufb01ne", verified: false }),
  person({ name: "", email: person().email.toUpperCase(), verified: false }),
];
const withoutPassword = person({ name: "Eve" });

let folder;
let users;
let file;

/** The query that the docs name for SQLite. */
async function documentedQuery() {
  const docs = await readFile(new URL("docs/moving-from-better-auth.md", root), "utf8");
  const [, sql] = docs.match(/### SQLite[^]*?```sql\n([^]*?)```/);
  return sql;
}

/** Runs the import: its output. */
function runImport(...more) {
  const { TESSERA_XTASK: xtask, TESSERA_TABLE_URL: table } = process.env;
  const [program, ...first] = xtask === undefined ? ["cargo", "xtask"] : [xtask];
  const endpoint = table === undefined ? [] : ["--endpoint", table];
  const words = [...first, "import-better-auth", file, ...endpoint, ...more];
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (part) => (output += part));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${code}: ${output}`))));
  });
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "moving-"));
  const database = join(folder, "auth.db");
  users = await makeDatabase(database, people, withoutPassword);
  file = join(folder, "users.json");
  await writeFile(file, query(database, await documentedQuery()));
});

after(() => rm(folder, { recursive: true }));

test("users keep id, dates and password, and a second import changes nothing", async (context) => {
  const foreseen = await runImport();
  assert.match(foreseen, /^to import +4\n/);
  failed(await clients.bearer().auth.signIn.email(people[0]), 401, "INVALID_EMAIL_OR_PASSWORD");

  const report = join(folder, "report.jsonl");
  assert.match(await runImport("--yes", "--report", report), /^imported +4\n/);
  const [line, ...others] = (await readFile(report, "utf8")).trim().split("\n");
  assert.equal(JSON.parse(line).outcome, "imported");
  assert.match(JSON.parse(line).reason, /without a password/);
  assert.deepEqual(others, []);

  for (const [number, who] of people.entries()) {
    for (const mode of ["bearer", "cookie"]) {
      const client = clients[mode]();
      const wrong = await client.auth.signIn.email({ ...who, password: `${who.password}!` });
      failed(wrong, 401, "INVALID_EMAIL_OR_PASSWORD");
      // The first time the hash is Better Auth's, then it is Tessera's.
      const { user } = await signedIn(client, who);
      const { software_level = null, hardware_background = null, ...rest } = users[number];
      assert.deepEqual(user, { ...rest, software_level, hardware_background });
      assert.deepEqual((await session(client)).user, user);
    }
  }
  assert.match(await runImport("--yes"), /^imported +0\n.*already there +4\nskipped +0\n$/s);
  context.diagnostic(`${users.length} users have signed in`);
});

test("a user without a password chooses one by mail", async () => {
  await runImport("--yes");
  const { email, password } = withoutPassword;
  const { auth } = clients.bearer();
  failed(await auth.signIn.email({ email, password }), 401, "INVALID_EMAIL_OR_PASSWORD");
  succeeded(await auth.requestPasswordReset({ email, redirectTo: "/reset" }));
  const { token } = await mailTo(email);
  succeeded(await auth.resetPassword({ newPassword: password, token }));
  const { user } = await signedIn(clients.bearer(), { email, password });
  assert.equal(user.emailVerified, true);
});
