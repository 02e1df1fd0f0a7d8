// The part of a browser that the chat sees: fetch, from an origin, with cookies.

import assert from "node:assert/strict";
import { ownOrigin } from "./target.js";

/** Sends requests as a page of one origin does. */
export class Page {
  /** Cookies by name, as they are sent. */
  jar;
  #origin;

  constructor(origin = ownOrigin, jar = new Map()) {
    this.#origin = origin;
    this.jar = jar;
  }

  /** To be the transport's `fetch`. */
  fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("origin", this.#origin);
    headers.set("sec-fetch-site", "same-site");
    const withCookies = init.credentials === "include";
    if (withCookies && this.jar.size > 0) headers.set("cookie", [...this.jar.values()].join("; "));
    const response = await fetch(input, { ...init, headers });
    if (withCookies) this.#store(response);
    this.#mayRead(response);
    return response;
  };

  #store(response) {
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(";");
      this.jar.set(pair.slice(0, pair.indexOf("=")), pair);
    }
  }

  /** A browser hides what the server does not share with the page's origin. */
  #mayRead({ headers }) {
    if (this.#origin !== ownOrigin) return;
    assert.equal(headers.get("access-control-allow-origin"), ownOrigin);
    assert.equal(headers.get("access-control-allow-credentials"), "true");
  }
}
