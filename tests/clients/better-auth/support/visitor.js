// A person at a browser: opens pages, goes where they lead, and presses their buttons.

import { Jar } from "./jar.js";

/** As these pages write them. */
const characters = { "&amp;": "&", "&#39;": "'", "&#x2F;": "/" };

/** Where a page's form goes, and what is in it: `values` are what its reader fills in, and the button. */
function filled(url, html, values) {
  const form = html.match(/<form\b[^>]*>/)?.[0];
  if (form === undefined) throw new Error(`no form at ${url}`);
  const attribute = (tag, name) => {
    const written = tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
    return written?.replace(/&#x?[0-9A-F]+;|&amp;/gi, (entity) => characters[entity] ?? entity);
  };
  const body = new URLSearchParams();
  for (const [tag, kind] of html.matchAll(/<(input|button)\b[^>]*>/g)) {
    const name = attribute(tag, "name");
    const value = name in values ? values[name] : attribute(tag, "value");
    if (kind === "input" ? name !== undefined : name in values) body.set(name, value ?? "");
  }
  for (const [name, value] of Object.entries(values)) if (value === null) body.delete(name);
  return { action: new URL(attribute(form, "action") ?? "", url).href, body };
}

/** The address of a page's first link that ends so. */
function linked(html, end) {
  const links = [...html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)].map(([, href]) => href);
  return end === undefined ? undefined : links.find((href) => href.endsWith(end));
}

/** Sends a page's form, filled in with these values, and goes nowhere: the response. */
export function pressed(url, html, headers, values = {}) {
  const { action, body } = filled(url, html, values);
  return fetch(action, { method: "POST", body, headers, redirect: "manual" });
}

/** A browser's window, with cookies by origin. */
export class Visitor {
  #jars = new Map();

  /** A window of this client's browser, which shares its cookies with the API. */
  constructor(client, api) {
    this.#jars.set(api, client.browser.jar);
  }

  /**
   * Opens a page and goes on to the first one that nobody of these origins serves, or that has no form: its URL.
   * The visitor sends each form with these values, or follows the page's link whose address ends with
   * `values.link`.
   */
  async follow(start, origins, values) {
    let url = start;
    for (let pages = 0; pages < 20; pages += 1) {
      if (!origins.includes(new URL(url).origin)) return url;
      const headers = { accept: "text/html", ...this.#cookies(url) };
      let response = this.#kept(url, await fetch(url, { headers, redirect: "manual" }));
      if (response.status < 300) {
        const html = await response.text();
        const link = linked(html, values.link);
        if (link !== undefined) {
          url = new URL(link, url).href;
          continue;
        }
        if (!html.includes("<form")) return url;
        const { origin } = new URL(url);
        response = this.#kept(url, await pressed(url, html, { origin, ...this.#cookies(url) }, values));
      }
      const location = response.headers.get("location");
      if (location === null) throw new Error(`${url} leads nowhere: ${response.status} ${await response.text()}`);
      url = new URL(location, url).href;
    }
    throw new Error(`no end of pages at ${url}`);
  }

  #jar(url) {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Jar();
    this.#jars.set(origin, jar);
    return jar;
  }

  #cookies(url) {
    const cookie = this.#jar(url).header();
    return cookie === undefined ? {} : { cookie };
  }

  #kept(url, response) {
    this.#jar(url).store(response);
    return response;
  }
}
