// A database that Better Auth itself has made, in a file of SQLite.

import { randomBytes } from "node:crypto";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { SqliteDialect } from "kysely";
import sqlite from "node-sqlite3-wasm";

/** What Kysely expects of a database: the interface of better-sqlite3, which has to be compiled. */
class Database {
  #database;

  constructor(file) {
    this.#database = new sqlite.Database(file);
  }

  prepare(sql) {
    const all = (values) => this.#database.all(sql, values);
    return {
      reader: /^\s*(select|pragma|with)|\breturning\b/i.test(sql),
      all,
      run: (values) => this.#database.run(sql, values),
      iterate: (values) => all(values).values(),
    };
  }

  close() {
    this.#database.close();
  }
}

/**
 * Signs people up with Better Auth, each with `verified` and the fields of a sign-up, and one more who
 * has an account elsewhere and no password. Returns the users as Better Auth shows them.
 */
export async function makeDatabase(file, people, withoutPassword) {
  const database = new Database(file);
  const options = {
    baseURL: "http://127.0.0.1",
    secret: randomBytes(32).toString("hex"),
    database: { dialect: new SqliteDialect({ database }), type: "sqlite" },
    emailAndPassword: { enabled: true },
    user: {
      additionalFields: {
        software_level: { type: "string", required: false },
        hardware_background: { type: "string", required: false },
      },
    },
    telemetry: { enabled: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  const { internalAdapter } = await auth.$context;
  const users = [];
  for (const { verified, ...fields } of people) {
    const { user } = await auth.api.signUpEmail({ body: fields });
    users.push(verified ? await internalAdapter.updateUser(user.id, { emailVerified: true }) : user);
  }
  await internalAdapter.createOAuthUser(
    { ...withoutPassword, emailVerified: true },
    { providerId: "github", accountId: "1" },
  );
  database.close();
  return users;
}

/** What a query of one value gives. */
export function query(file, sql) {
  const database = new sqlite.Database(file, { readOnly: true });
  const row = database.get(sql);
  database.close();
  return Object.values(row)[0];
}
