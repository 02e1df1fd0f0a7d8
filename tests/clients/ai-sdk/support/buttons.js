// What the buttons of a chat call.

import { question, textOf } from "./messages.js";

/** The n-th question that a chat shows; from the end if negative. */
export function questionIn({ messages }, n) {
  return messages.filter(({ role }) => role === "user").at(n);
}

/** The n-th reply that a chat shows. */
export function replyIn({ messages }, n) {
  return messages.filter(({ role }) => role === "assistant").at(n);
}

/** Edits a question as the SDK offers it. */
export function edit(chat, n, text) {
  return chat.sendMessage({ messageId: questionIn(chat, n).id, text });
}

/** Edits a question as the best-known template does: it changes the text and asks for another reply. */
export function editInPlace(chat, n, text) {
  const { id } = questionIn(chat, n);
  const before = chat.messages.slice(0, chat.messages.findIndex((message) => message.id === id));
  chat.messages = [...before, question(id, text)];
  return chat.regenerate();
}

/** Every button that sends, by its name; each for a chat of two turns. */
export const buttons = {
  "send": (chat) => chat.sendMessage({ text: "three" }),
  "edit the last question": (chat) => edit(chat, -1, "due"),
  "edit the first question": (chat) => edit(chat, 0, "uno"),
  "edit the last question in place": (chat) => editInPlace(chat, -1, "due"),
  "edit the first question in place": (chat) => editInPlace(chat, 0, "uno"),
  "save the last question unchanged": (chat) => edit(chat, -1, textOf(questionIn(chat, -1))),
  "save the first question unchanged": (chat) => edit(chat, 0, textOf(questionIn(chat, 0))),
  "save the first question unchanged in place": (chat) => editInPlace(chat, 0, textOf(questionIn(chat, 0))),
  "regenerate": (chat) => chat.regenerate(),
  "regenerate the last reply": (chat) => chat.regenerate({ messageId: replyIn(chat, -1).id }),
  "regenerate the first reply": (chat) => chat.regenerate({ messageId: replyIn(chat, 0).id }),
  "regenerate after the first question": (chat) => {
    return chat.regenerate({ messageId: questionIn(chat, 0).id });
  },
};
