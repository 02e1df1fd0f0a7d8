// A page of assistant-ui without its looks: the package's own runtime in React, in a window of jsdom.

import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><main></main>", { url: "http://localhost/" });
for (const name of ["window", "document", "navigator"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}

const { createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const { AssistantRuntimeProvider } = await import("@assistant-ui/react");
const { AssistantChatTransport, useChatRuntime } = await import("@assistant-ui/react-ai-sdk");
const { asMessages, conversationOf, textOf } = await import("../../ai-sdk/support/messages.js");
const { until } = await import("../../ai-sdk/support/outcome.js");
const { activeBranch } = await import("../../ai-sdk/support/stored.js");
const { url } = await import("../../ai-sdk/support/target.js");

/** A page with one thread, and its buttons. To `shownIsStored` it is a chat of the SDK. */
export class App {
  /** What failed, if something did. */
  error;
  #runtime;
  #conversation;
  #ended = 0;

  /** Opens the page with stored messages, or with a new thread; it is closed with the test. */
  static async open(context, person, { conversation, messages = [] } = {}) {
    const app = new App();
    app.#conversation = conversation;
    const body = conversation && { conversation_id: conversation };
    const transport = new AssistantChatTransport({ api: `${url}/api/chat`, ...person.transport, body });
    const onFinish = () => {
      app.#ended += 1;
    };
    const onError = (error) => {
      app.error = error;
    };
    const Page = () => {
      app.#runtime = useChatRuntime({ transport, messages, onFinish, onError });
      return createElement(AssistantRuntimeProvider, { runtime: app.#runtime });
    };
    const root = createRoot(document.createElement("div"));
    root.render(createElement(Page));
    context.after(() => root.unmount());
    await until("the thread is there", () => app.#runtime && app.messages.length === messages.length);
    return app;
  }

  /** The same conversation after a reload, or on another device. */
  async reloaded(context, person) {
    const { conversation } = this;
    const messages = asMessages(await activeBranch(person, conversation));
    return App.open(context, person, { conversation, messages });
  }

  get #thread() {
    return this.#runtime.thread;
  }

  get conversation() {
    return conversationOf(this) ?? this.#conversation;
  }

  get status() {
    return this.#thread.getState().isRunning ? "streaming" : "ready";
  }

  /** What is shown, in the form of the SDK. */
  get messages() {
    return this.#thread.getState().messages.map(({ id, role, content, metadata: { custom } }) => {
      return { id, role, parts: content, metadata: custom.conversation_id ? custom : undefined };
    });
  }

  get text() {
    return this.messages.length > 0 ? textOf(this.messages.at(-1)) : "";
  }

  /** Presses buttons, and waits until as many requests have ended. */
  async press(button, requests = 1) {
    this.error = undefined;
    const before = this.#ended;
    await button(this);
    await until("the requests end", () => this.#ended >= before + requests);
    await until("nothing runs", () => this.status === "ready");
  }

  /** Waits for the first words of the reply that is as many messages down. */
  begins(count) {
    return until("a reply begins", () => this.messages.length === count && this.text.length > 0);
  }

  send(text) {
    this.#thread.append({ role: "user", content: [{ type: "text", text }] });
  }

  /** Opens the editor of a message, writes and sends. */
  edit(index, text) {
    const { composer } = this.#thread.getMessageByIndex(index);
    composer.beginEdit();
    composer.setText(text);
    composer.send();
  }

  /** Asks for another reply instead of this one. */
  reload(index) {
    this.#thread.getMessageByIndex(index).reload();
  }

  /** Asks again for a reply to the last question. */
  tryAgain() {
    this.#thread.startRun({ parentId: this.messages.findLast(({ role }) => role === "user").id });
  }

  cancel() {
    this.#thread.cancelRun();
  }

  /** Goes to the version of a message before this one. */
  previous(index) {
    this.#thread.getMessageByIndex(index).switchToBranch({ position: "previous" });
  }
}
