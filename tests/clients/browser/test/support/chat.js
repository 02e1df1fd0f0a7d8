import assert from "node:assert/strict";
import { API } from "./settings.js";
import { newDevice, somebody } from "./stage.js";

/** What the echo assistant says to a message. */
export const echoed = (text) => `This is the echo assistant, not a model. You said: ${text}`;

/** A message whose reply takes two seconds, in many deltas. */
export const SLOW = `[[slow]] ${"and so on ".repeat(20).trim()}`;

/** The chat on a device, and what a person does there. */
export class Chat {
  constructor(device) {
    this.device = device;
    this.panel = device.panel("Chat");
    this.questions = this.panel.getByRole("article", { name: "You" });
    this.replies = this.panel.getByRole("article", { name: "Assistant" });
    this.stop = this.panel.getByRole("button", { name: "Stop", exact: true });
  }

  button(name) {
    return this.panel.getByRole("button", { name, exact: true });
  }

  /** Sends a message; does not wait for its reply. */
  async ask(text) {
    await this.panel.getByLabel("Your message").fill(text);
    await this.button("Send").click();
  }

  /** Waits until something of the reply is there. */
  async begins() {
    await this.device.shows(this.replies.last().getByText("This is"));
  }

  /** Waits until the last reply is complete and says this. */
  async hasReply(text) {
    await this.device.shows(this.replies.last().getByText(echoed(text), { exact: true }));
    await this.rests();
  }

  /** Waits until nothing runs. */
  async rests() {
    await this.device.shows(this.panel.locator("[role=log][aria-busy=false]"));
    await this.panel.getByRole("button", { name: /^Stop/ }).waitFor({ state: "hidden" });
  }

  /** The text of the last reply, as far as it has come. */
  text() {
    return this.replies.last().locator(".text").innerText();
  }

  /** Fails unless this number of questions and replies is shown. */
  async counts(questions, replies) {
    assert.deepEqual([await this.questions.count(), await this.replies.count()], [questions, replies]);
  }

  async rate(grade) {
    await this.replies.last().getByLabel(String(grade), { exact: true }).check();
    await this.device.shows(this.replies.last().getByText("Stored."));
  }

  /** Calls the API as the page does; returns the body of a success. */
  async api(path) {
    const response = await this.device.context.request.get(`${API.origin}/api${path}`);
    assert.equal(response.status(), 200, `${path}: ${await response.text()}`);
    return response.json();
  }

  /** The stored messages of the user's only or latest conversation. */
  async stored() {
    const { conversations } = await this.api("/conversations");
    const { messages } = await this.api(`/conversations/${conversations[0].id}/messages`);
    return messages;
  }
}

/** Somebody new with an empty chat. */
export async function newChat(options) {
  const device = await newDevice(options);
  const ada = somebody();
  await device.signUp(ada);
  await device.isSignedIn();
  return { ada, device, chat: new Chat(device) };
}
