// `POST /v1/chat/completions`, as far as a chat with one model needs it.

import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { whole, streamed } from "./answers.js";
import { Refusal, read } from "./request.js";

/** A server that answers with `engine`, and tells `say` of each request and its end. */
export function endpoint(engine, say) {
  let count = 0;
  return createServer(async (request, response) => {
    try {
      if (request.url !== "/v1/chat/completions") throw new Refusal(404, "no such path");
      if (request.method !== "POST") throw new Refusal(405, "only POST is answered");
      const body = await json(request).catch(() => {
        throw new Refusal(400, "the body is no JSON");
      });
      const asked = read(body);
      const { messages, ...more } = body;
      count += 1;
      const told = { request: count, headers: request.headers, asked: messages, more };
      await answer(engine, asked, response, told, say);
    } catch (error) {
      const { status = 500, message } = error;
      if (response.headersSent) return response.destroy();
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message, type: "invalid_request_error" } }));
    }
  });
}

async function answer(engine, asked, response, told, say) {
  const prompt = engine.prompt(asked.messages);
  if (!engine.hasRoom(prompt, asked.maxTokens)) throw new Refusal(400, "the prompt is too long");
  say({ ...told, prompt_tokens: prompt.length });
  const hungUp = new AbortController();
  response.on("close", () => hungUp.abort());
  const form = (asked.stream ? streamed : whole)(response, asked, `chatcmpl-${told.request}`);
  const pieces = [];
  const onText = (text) => {
    pieces.push(text);
    form.piece(text);
  };
  const { maxTokens } = asked;
  const { stopReason, tokens } = await engine.answer(prompt, { maxTokens, signal: hungUp.signal, onText });
  const finish = stopReason === "maxTokens" ? "length" : "stop";
  const counts = { prompt_tokens: prompt.length, completion_tokens: tokens };
  const hasAborted = stopReason === "abort";
  const text = pieces.join("");
  say({ request: told.request, finish: hasAborted ? "hung up" : finish, ...counts, pieces: pieces.length, text });
  if (!hasAborted) form.end(finish, { ...counts, total_tokens: prompt.length + tokens });
}
