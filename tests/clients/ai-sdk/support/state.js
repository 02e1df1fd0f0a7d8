// What a chat shows, kept in memory as the package for React keeps it, with all that was ever shown.

import { textOf } from "./messages.js";

/** The SDK's `ChatState`. */
export class State {
  /** Each thing that was shown, in order: when, the status, and the last reply's text. */
  seen = [];
  #messages;
  #status = "ready";
  #error = undefined;

  constructor(messages = []) {
    this.#messages = messages;
  }

  get status() {
    return this.#status;
  }

  set status(status) {
    this.#status = status;
    this.#show();
  }

  get error() {
    return this.#error;
  }

  set error(error) {
    this.#error = error;
    this.#show();
  }

  get messages() {
    return this.#messages;
  }

  set messages(messages) {
    this.#messages = [...messages];
    this.#show();
  }

  pushMessage = (message) => {
    this.messages = [...this.#messages, message];
  };

  popMessage = () => {
    this.messages = this.#messages.slice(0, -1);
  };

  replaceMessage = (index, message) => {
    this.messages = this.#messages.with(index, this.snapshot(message));
  };

  snapshot = (thing) => structuredClone(thing);

  #show() {
    const last = this.#messages.at(-1);
    const text = last?.role === "assistant" ? textOf(last) : undefined;
    this.seen.push({ at: performance.now(), status: this.#status, text });
  }
}
