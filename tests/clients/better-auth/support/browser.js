// The part of a browser that the client sees: fetch, with an origin and perhaps cookies.

import { Jar } from "./jar.js";
import { ownOrigin, url } from "./target.js";

/** Sends requests as a page of one origin does, and remembers the last response. */
export class Browser {
  /** The cookies; sent only by requests with `credentials: "include"`, as across origins. */
  jar = new Jar();
  /** The last response, for its status and headers. */
  last = undefined;
  #origin;

  constructor(origin = ownOrigin) {
    this.#origin = origin;
  }

  /** To be the client's `customFetchImpl`. */
  fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("origin", this.#origin);
    headers.set("sec-fetch-site", "same-site");
    const withCookies = init.credentials === "include";
    const cookies = withCookies ? this.jar.header() : undefined;
    if (cookies !== undefined) headers.set("cookie", cookies);
    const response = await fetch(input, { ...init, headers });
    if (withCookies) this.jar.store(response);
    this.last = response;
    return response;
  };

  /** The attributes and value of a cookie that the last response set, or undefined. */
  header(name) {
    return this.last?.headers.get(name) ?? undefined;
  }
}

/** A request with exactly these headers, beside those that Node's fetch always adds. */
export function send(method, path, { headers = {}, body } = {}) {
  return fetch(url + path, { method, headers, body, redirect: "manual" });
}

/** The same with a JSON body. */
export function sendJson(method, path, value, headers = {}) {
  const body = JSON.stringify(value);
  return send(method, path, { headers: { "content-type": "application/json", ...headers }, body });
}
