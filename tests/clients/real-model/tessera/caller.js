// A person who uses Tessera with a bearer token.

import { randomUUID } from "node:crypto";
import { chunks } from "./chunks.js";

/** Signs somebody new up. */
export async function signedUp(url) {
  const who = {
    name: "Ada Quill",
    email: `ada-${randomUUID()}@example.com`,
    password: randomUUID(),
    software_level: "beginner",
    hardware_background: "robotics",
  };
  const response = await new Caller(url).send("POST", "/api/auth/signup", who);
  const { session_token: token, user_id: id } = await response.json();
  return new Caller(url, { ...who, id, token });
}

/** Requests of one person. Each fails unless the status is one of success. */
export class Caller {
  #url;
  #headers;

  constructor(url, who = {}) {
    this.#url = url;
    /** What was given at the sign-up, and what came back: `id` and `token`. */
    this.who = who;
    const authorization = who.token && { authorization: `Bearer ${who.token}` };
    this.#headers = { "content-type": "application/json", ...authorization };
  }

  /** Any request; gives the response. */
  async send(method, path, body, { signal } = {}) {
    const init = { method, headers: this.#headers, body: body && JSON.stringify(body), signal };
    const response = await fetch(this.#url + path, init);
    if (response.ok) return response;
    throw new Error(`${method} ${path} responded with ${response.status}: ${await response.text()}`);
  }

  /** The JSON of a GET. */
  async get(path) {
    return (await this.send("GET", path)).json();
  }

  /** Asks in the plain form; gives the response with the JSON of its body. */
  async ask(message, conversation_id) {
    const response = await this.send("POST", "/api/chat", { message, conversation_id });
    return { response, body: await response.json() };
  }

  /** Asks as the AI SDK does; gives the response and the chunks, which come by and by. */
  async askForStream(text, chatId, { signal } = {}) {
    const message = { id: randomUUID(), role: "user", parts: [{ type: "text", text }] };
    const body = { id: String(chatId), message, trigger: "submit-message" };
    const response = await this.send("POST", "/api/chat", body, { signal });
    return { response, chunks: chunks(response) };
  }

  /** The stored messages of a conversation, oldest first. */
  async stored(conversation) {
    return (await this.get(`/api/conversations/${conversation}/messages`)).messages;
  }
}
