import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { API, PAGE } from "./settings.js";
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
    this.list = device.page.getByRole("navigation", { name: "Conversations" });
    this.stop = this.panel.getByRole("button", { name: "Stop", exact: true });
  }

  button(name) {
    return this.panel.getByRole("button", { name, exact: true });
  }

  /** Shows the list of conversations, which is behind a button on a phone. */
  async showList() {
    const button = this.button("Conversations");
    await this.device.shows(this.list.or(button).first());
    if ((await this.list.count()) === 0) await button.click();
    await this.device.shows(this.list);
  }

  /** The line of a conversation in the list. */
  line(title) {
    const link = this.device.page.getByRole("link", { name: title, exact: true });
    return this.list.getByRole("listitem").filter({ has: link });
  }

  async openConversation(title) {
    await this.showList();
    await this.line(title).getByRole("link").click();
    await this.device.shows(this.panel.getByRole("heading", { name: title, exact: true }));
  }

  /** Waits until the list has exactly these titles. */
  async lists(titles) {
    await this.showList();
    const lines = this.list.getByRole("listitem");
    const deadline = Date.now() + 10_000;
    while (!isDeepStrictEqual(await lines.allInnerTexts(), titles) && Date.now() < deadline) {
      await this.device.page.waitForTimeout(50);
    }
    assert.deepEqual(await lines.allInnerTexts(), titles);
  }

  /** Asks to delete a conversation; the page asks back. */
  async remove(title) {
    await this.showList();
    await this.line(title).hover();
    await this.line(title).getByRole("button", { name: `Delete ${title}`, exact: true }).click();
  }

  /** Makes a conversation without messages, as another client might. */
  async create(title) {
    const response = await this.device.context.request.post(`${API.origin}/api/conversations`, {
      headers: { origin: PAGE.origin },
      data: { title },
    });
    assert.equal(response.status(), 201, await response.text());
  }

  /** Begins a new chat, by the list. */
  async begin() {
    await this.showList();
    await this.list.getByRole("button", { name: "New chat" }).click();
    await this.device.shows(this.panel.getByText("Replies suit your background."));
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

  /** The text of the last reply, as far as it has come; Markdown ends no line with a space. */
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

  /** The stored messages of the user's only or latest conversation, of all branches. */
  async stored() {
    return (await this.api(`${await this.#latest()}/messages`)).messages;
  }

  /** Its active branch, oldest first. */
  async branch() {
    const { messages } = await this.api(`${await this.#latest()}/messages?branch=active`);
    return messages.toReversed();
  }

  async #latest() {
    const { conversations } = await this.api("/conversations");
    return `/conversations/${conversations[0].id}`;
  }

  /** What is shown: questions by their texts, replies by their ids, too. */
  shown() {
    return this.panel.getByRole("article").evaluateAll((articles) =>
      articles.map((article) => {
        const text = article.querySelector(".text").textContent;
        return article.dataset.id ? `${article.dataset.id}: ${text}` : text;
      }),
    );
  }

  /** Waits until exactly the active branch is shown; a reload and another device would show the same. */
  async showsBranch() {
    const rows = await this.branch();
    const expected = rows.map(({ id, role, content }) =>
      role === "assistant" ? `${id}: ${content.trim()}` : content,
    );
    const deadline = Date.now() + 5000;
    let shown;
    do {
      shown = await this.shown();
      if (isDeepStrictEqual(shown, expected)) return rows;
      await this.device.page.waitForTimeout(50);
    } while (Date.now() < deadline);
    assert.deepEqual(shown, expected);
  }

  /** Presses a button below a question or a reply. */
  async press(article, name) {
    await article.getByRole("button", { name, exact: true }).click();
  }

  /** Asks a question in other words. */
  async edit(question, text) {
    await this.press(question, "Edit");
    await this.panel.getByLabel("In other words").fill(text);
    await this.button("Ask").click();
  }

  /** Waits until a message says which of its versions it is. */
  async isVersion(article, which) {
    await this.device.shows(article.getByRole("group", { name: `Version ${which}`, exact: true }));
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
