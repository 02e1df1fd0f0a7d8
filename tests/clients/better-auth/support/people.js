// Accounts for tests, each with an address that was never used before.

import { randomUUID } from "node:crypto";
import { mailTo } from "./mails.js";
import { succeeded } from "./outcome.js";

/** What a sign-up takes, perhaps with more fields. */
export function person(more = {}) {
  const email = `ada-${randomUUID()}@example.com`;
  return { name: "Ada", email, password: "correct horse battery staple", ...more };
}

/** Signs a new person up with this client: what was sent, and what came back. */
export async function signedUp(client, more = {}) {
  const who = person(more);
  const { token, user } = succeeded(await client.auth.signUp.email(who));
  return { ...who, token, user };
}

/** Signs a person in with another client. */
export async function signedIn(client, { email, password }) {
  return succeeded(await client.auth.signIn.email({ email, password }));
}

/** Proves the address of a person who is signed in, by the link of the first mail: the same person. */
export async function verified(client, who) {
  succeeded(await client.auth.sendVerificationEmail({ email: who.email }));
  const token = new URL((await mailTo(who.email)).url).searchParams.get("token");
  succeeded(await client.auth.verifyEmail({ query: { token } }));
  return who;
}

/** A user who has signed up with a password, and whose address is verified. */
export async function withPassword(client) {
  return verified(client, await signedUp(client));
}
