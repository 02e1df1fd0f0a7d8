// A cookie jar for one host, as a browser keeps it.

/** Reads one `set-cookie` header: name, value, and attributes by their lower-case names. */
export function parseSetCookie(line) {
  const [pair, ...rest] = line.split(";");
  const at = pair.indexOf("=");
  const attributes = rest.map((part) => {
    const [name, ...value] = part.trim().split("=");
    return [name.toLowerCase(), value.join("=")];
  });
  return {
    name: pair.slice(0, at).trim(),
    value: pair.slice(at + 1).trim(),
    attributes: Object.fromEntries(attributes),
  };
}

/** Whether a cookie is one that a browser removes. */
function isOver({ attributes }) {
  return attributes["max-age"] === "0" || Date.parse(attributes.expires) <= Date.now();
}

/** Cookies by name; those that are over leave the jar. */
export class Jar {
  #cookies = new Map();

  /** Stores the cookies of a response. */
  store(response) {
    for (const line of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(line);
      if (isOver(cookie)) {
        this.#cookies.delete(cookie.name);
      } else {
        this.#cookies.set(cookie.name, cookie);
      }
    }
  }

  /** The `cookie` header, or undefined when there is nothing to send. */
  header() {
    const pairs = [...this.#cookies.values()].map(({ name, value }) => `${name}=${value}`);
    return pairs.length > 0 ? pairs.join("; ") : undefined;
  }

  /** One cookie: name, value, attributes. */
  get(name) {
    return this.#cookies.get(name);
  }

  /** The names of all cookies, sorted. */
  names() {
    return [...this.#cookies.keys()].sort();
  }

  /** A jar with the same cookies, as another tab that was opened before they changed. */
  copy() {
    const jar = new Jar();
    jar.#cookies = new Map(this.#cookies);
    return jar;
  }
}
