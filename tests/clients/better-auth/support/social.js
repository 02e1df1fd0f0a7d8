// What users do with providers, by the client and in its browser.

import assert from "node:assert/strict";
import { randomInt, randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { site } from "./github.js";
import { known, start } from "./openid-provider.js";
import { session, succeeded } from "./outcome.js";
import { isBetterAuth, ownOrigin, url } from "./target.js";
import { Visitor } from "./visitor.js";

/** The pages of the application that follow. */
export const pages = {
  callbackURL: `${ownOrigin}/dash`,
  newUserCallbackURL: `${ownOrigin}/welcome`,
  errorCallbackURL: `${ownOrigin}/sign-in?by=provider`,
};

const people = new Map();

const openid = [known && "google", !isBetterAuth && "dev"].filter(Boolean);

function at(providers, name, body) {
  for (const provider of providers) test(`${name} [${provider}]`, (context) => body(provider, context));
}

/** Declares one test for each OpenID provider: the real one, and `dev` of `cargo xtask dev`. */
export function atEachOpenId(name, body) {
  at(openid, name, body);
}

/** The same, and at the stand-in for GitHub. */
export function atEach(name, body) {
  at(site === undefined ? openid : [...openid, "github"], name, body);
}

/** Starts the real provider, if the server knows it, until the tests of the file have ended. */
export async function startProvider() {
  if (known !== undefined) after(await start(people));
}

/** An address that was never used before. */
export const address = () => `ada-${randomUUID()}@example.com`;

/** A person at a provider: the id, the address, and what she fills in there. */
export const persons = {
  google({ email, email_verified = true, sub = randomUUID() }) {
    people.set(sub, { email, email_verified, name: "Ada", picture: "https://example.com/ada.png" });
    return { sub, email, values: { login: sub, password: "any" } };
  },
  dev({ email, email_verified = true, sub = randomUUID() }) {
    const verified = email_verified ? {} : { email_verified: null };
    return { sub, email, values: { sub, email, name: "Ada", choice: "continue", ...verified } };
  },
  /** An id there is a number; no address and no name are empty ones. */
  github({ email, email_verified = true, sub = String(randomInt(1, 2 ** 47)), name = "Ada" }) {
    const verified = email_verified ? {} : { email_verified: null };
    return { sub, email, values: { sub, email, name, choice: "continue", ...verified } };
  },
};

/** Somebody who looks at a provider's page and does not go on. */
export const refusing = {
  google: { values: { link: "/abort" } },
  dev: { values: { choice: "cancel" } },
  github: { values: { choice: "cancel" } },
};

/** A person who has come for the first time is a new user with one account: the user, and the account's id. */
export async function arrived(client, provider, person, granted) {
  const { user } = await session(client);
  assert.deepEqual([user.email, user.name, user.emailVerified], [person.email, "Ada", true]);
  assert.match(user.image, /^https:/);
  const accounts = succeeded(await client.auth.listAccounts());
  assert.equal(accounts.length, 1);
  const { id, createdAt, updatedAt, scopes, ...account } = accounts[0];
  assert.deepEqual(account, { providerId: provider, accountId: person.sub, userId: user.id });
  assert.deepEqual([...scopes].sort(), granted);
  assert.ok(typeof id === "string" && createdAt && updatedAt);
  return { user, id };
}

/** Goes to the provider as the client says, in the client's browser, and back: the page that follows. */
export async function gone(client, { url: page, redirect }, person) {
  assert.equal(redirect, true);
  const origins = [url, new URL(page).origin];
  return new Visitor(client, url).follow(page, origins, person.values);
}

/** Signs in at the provider: the page that follows. */
export async function signedInAt(client, provider, person) {
  return gone(client, succeeded(await client.auth.signIn.social({ provider, ...pages })), person);
}

/** Links an account at the provider: the page that follows. */
export async function linkedAt(client, provider, person) {
  return gone(client, succeeded(await client.auth.linkSocial({ provider, ...pages })), person);
}

/** The caller's account at a provider, or her password (`credential`). */
export async function accountOf(client, provider) {
  const accounts = succeeded(await client.auth.listAccounts());
  return accounts.find(({ providerId }) => providerId === provider);
}
