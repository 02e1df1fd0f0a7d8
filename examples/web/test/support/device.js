import assert from "node:assert/strict";
import { PAGE } from "./settings.js";

/** A function is built anew when its first call comes after a change, which takes its time. */
const TIMEOUT = 60_000;

/** One browser with the page open, and what a person does there. */
export class Device {
  constructor(context, page) {
    this.context = context;
    this.page = page;
    this.failures = [];
    page.setDefaultTimeout(TIMEOUT);
    page.on("pageerror", (error) => this.failures.push(error.message));
  }

  /** Loads the page from its start, which shows the chat that was open. */
  async open() {
    await this.page.goto(PAGE.href);
  }

  /** Loads the view again. */
  async reload() {
    await this.page.reload();
  }

  /** Another tab of the same browser. */
  async sameBrowser() {
    const other = new Device(this.context, await this.context.newPage());
    other.failures = this.failures;
    await other.open();
    return other;
  }

  form(name) {
    return this.page.getByRole("form", { name, exact: true });
  }

  panel(title) {
    return this.page.getByRole("region", { name: title, exact: true });
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Fills the fields of a form by their labels, chooses by the names of options, and sends it. */
  async fill(name, { fields = {}, choices = {}, submit }) {
    const form = this.form(name);
    for (const [label, value] of Object.entries(fields)) {
      await form.getByLabel(label, { exact: true }).fill(value);
    }
    for (const [legend, option] of Object.entries(choices)) {
      await form.getByRole("group", { name: legend }).getByText(option, { exact: true }).click();
    }
    await form.getByRole("button", { name: submit ?? name, exact: true }).click();
  }

  async signUp({ name, email, password }, choices = {}) {
    if (!(await this.form("Create an account").isVisible())) {
      await this.button("Create an account").click();
    }
    const fields = { Name: name, "E-mail": email, Password: password };
    await this.fill("Create an account", { fields, choices, submit: "Create the account" });
  }

  async signIn({ email, password }, { remember = true } = {}) {
    await this.page.getByLabel("Remember me on this device").setChecked(remember);
    await this.fill("Sign in", { fields: { "E-mail": email, Password: password } });
  }

  /** Waits for a part of the page; says what is there instead if it does not come. */
  async shows(locator) {
    try {
      await locator.waitFor();
    } catch (cause) {
      const text = await this.page.locator("body").innerText();
      throw new Error(`${locator} does not appear; the page says:\n${text}`, { cause });
    }
  }

  /** Waits until the page has read the session of its user, and shows the chat or the settings. */
  async isSignedIn() {
    await this.shows(this.page.locator(".top").getByRole("button", { name: "Sign out" }));
  }

  /** Goes to the settings, and waits until they are read: the session of this device is one of them. */
  async settings() {
    await this.page.locator(".top").getByRole("link", { name: "Settings" }).click();
    await this.areSettings();
  }

  async areSettings() {
    await this.shows(this.panel("Devices").getByText("This device"));
  }

  /** Waits until the page asks to sign in. */
  async isSignedOut() {
    await this.shows(this.form("Sign in"));
  }

  /** Waits for a sentence that tells of a problem. */
  async complains(text) {
    await this.shows(this.page.getByRole("alert").filter({ hasText: text }));
  }

  /** Waits for a sentence that tells of a success. */
  async says(text) {
    await this.shows(this.page.getByRole("status").filter({ hasText: text }));
  }

  /** Waits until the list of devices has as many lines. */
  async lists(count) {
    const lines = this.panel("Devices").getByRole("listitem");
    const deadline = Date.now() + TIMEOUT;
    while ((await lines.count()) !== count && Date.now() < deadline) {
      await this.page.waitForTimeout(50);
    }
    assert.equal(await lines.count(), count, (await lines.allInnerTexts()).join("\n"));
    return lines;
  }

  /** The value of a fact in a panel or section, once it is there. */
  async fact(section, name) {
    const line = this.panel(section).locator("dl > div").filter({ hasText: name });
    return line.getByRole("definition").innerText();
  }

  async sessionCookie() {
    const cookies = await this.context.cookies();
    return cookies.find((cookie) => cookie.name === "better-auth.session_token");
  }
}
