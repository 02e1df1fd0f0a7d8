// Users of the application, and how their requests say who they are.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Page } from "./page.js";
import { ownOrigin, url } from "./target.js";

/** Somebody who uses the application. */
export class Person {
  /** What a chat's transport is told of the person: headers, or credentials with a fetch. */
  transport;
  /** The cookies, if there are any. */
  jar;

  constructor(transport, jar) {
    this.transport = transport;
    this.jar = jar;
  }

  /** A request of the application beside its chats. */
  request(method, path, value, headers = {}) {
    const { fetch = globalThis.fetch, credentials, headers: own } = this.transport;
    const init = { method, credentials, headers: { ...own, ...headers } };
    if (value !== undefined) {
      init.headers["content-type"] ??= "application/json";
      init.body = JSON.stringify(value);
    }
    return fetch(url + path, init);
  }

  /** The body of a response that is 200 and JSON. */
  async read(path) {
    const response = await this.request("GET", path);
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return response.json();
  }
}

/** Somebody who has not signed in. */
export const nobody = new Person({});

/** A new account, perhaps with a background; its requests have a bearer token and no cookies. */
export async function signedUp(more = {}) {
  const response = await signUp(fetch, more);
  const { token } = await response.json();
  assert.equal(response.headers.get("set-auth-token"), token);
  return new Person({ headers: { authorization: `Bearer ${token}` } });
}

/** A new account whose requests come from a page of the application, with cookies. */
export async function signedUpWithCookies() {
  const page = new Page();
  await signUp(page.fetch, {});
  return onPage(page);
}

/** The same person on a page of another origin, from which a browser sends the same cookies. */
export function onPageOf(origin, person) {
  return onPage(new Page(origin, person.jar));
}

function onPage({ fetch, jar }) {
  return new Person({ credentials: "include", fetch }, jar);
}

async function signUp(fetch, more) {
  const email = `ada-${randomUUID()}@example.com`;
  const body = { name: "Ada", email, password: "correct horse battery staple", ...more };
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: "POST",
    credentials: "include",
    headers: { "content-type": "application/json", origin: ownOrigin },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, "signing up failed");
  return response;
}
