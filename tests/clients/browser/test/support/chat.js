import assert from "node:assert/strict";
import { API } from "./settings.js";
import { newDevice, somebody } from "./stage.js";

/** What the echo assistant says to a message. */
export const echoed = (text) => `This is the echo assistant, not a model. You said: ${text}`;

/** A message whose answer takes two seconds, in many pieces. */
export const SLOW = `[[slow]] ${"and so on ".repeat(20).trim()}`;

/** The chat on a device, and what a person does there. */
export class Chat {
  constructor(device) {
    this.device = device;
    this.panel = device.panel("Chat");
    this.questions = this.panel.getByRole("article", { name: "You" });
    this.answers = this.panel.getByRole("article", { name: "Assistant" });
    this.stop = this.panel.getByRole("button", { name: "Stop", exact: true });
  }

  button(name) {
    return this.panel.getByRole("button", { name, exact: true });
  }

  /** Sends a message; does not wait for its answer. */
  async ask(text) {
    await this.panel.getByLabel("Your message").fill(text);
    await this.button("Send").click();
  }

  /** Waits until something of the answer is there. */
  async begins() {
    await this.device.shows(this.answers.last().getByText("This is"));
  }

  /** Waits until the last answer is complete and says this. */
  async isAnswered(text) {
    await this.device.shows(this.answers.last().getByText(echoed(text), { exact: true }));
    await this.rests();
  }

  /** Waits until nothing runs. */
  async rests() {
    await this.device.shows(this.panel.locator("[role=log][aria-busy=false]"));
    await this.panel.getByRole("button", { name: /^Stop/ }).waitFor({ state: "hidden" });
  }

  /** The text of the last answer, as far as it has come. */
  text() {
    return this.answers.last().locator(".text").innerText();
  }

  /** Fails unless so many questions and answers are shown. */
  async counts(questions, answers) {
    assert.deepEqual([await this.questions.count(), await this.answers.count()], [questions, answers]);
  }

  async rate(grade) {
    await this.answers.last().getByLabel(String(grade), { exact: true }).check();
    await this.device.shows(this.answers.last().getByText("Stored."));
  }

  /** Calls the API as the page does; answers the body of a success. */
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
