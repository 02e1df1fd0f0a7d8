// One major of the AI SDK, set up as its documentation says.

import { State } from "./state.js";
import { url } from "./target.js";

/** The package's own chat and transport; a state is all that a framework adds to them. */
export class Sdk {
  major;
  #DefaultChatTransport;
  #Chat;

  constructor(major, { AbstractChat, DefaultChatTransport }) {
    this.major = major;
    this.#DefaultChatTransport = DefaultChatTransport;
    this.#Chat = class extends AbstractChat {
      /** All that was shown; see `State`. */
      seen;

      constructor({ messages, ...init }) {
        const state = new State(messages);
        super({ ...init, state });
        this.seen = state.seen;
      }
    };
  }

  /** A chat as `useChat` opens it. `init` is what `useChat` takes; `transport` goes to its transport. */
  open(person, { transport = {}, ...init } = {}) {
    return new this.#Chat({ ...init, transport: this.transport(person, transport) });
  }

  /** The transport of a person's chats. */
  transport(person, more = {}) {
    const api = `${url}/api/chat`;
    return new this.#DefaultChatTransport({ api, ...person.transport, ...more });
  }
}
