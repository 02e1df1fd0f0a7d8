// `POST /v1/chat/completions`, as far as a chat with one model needs it.

import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { whole, streamed } from "./responses.js";
import { HttpError, read } from "./request.js";

/** A server that replies with `engine`, and tells `say` of each request and its end. */
export function endpoint(engine, say) {
  let count = 0;
  return createServer(async (request, response) => {
    try {
      if (request.url !== "/v1/chat/completions") throw new HttpError(404, "no such path");
      if (request.method !== "POST") throw new HttpError(405, "only POST is allowed");
      const body = await json(request).catch(() => {
        throw new HttpError(400, "the body is no JSON");
      });
      const wanted = read(body);
      const { messages, ...more } = body;
      count += 1;
      const told = { request: count, headers: request.headers, messages, more };
      await reply(engine, wanted, response, told, say);
    } catch (error) {
      const { status = 500, message } = error;
      if (response.headersSent) return response.destroy();
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message, type: "invalid_request_error" } }));
    }
  });
}

async function reply(engine, wanted, response, told, say) {
  const prompt = engine.prompt(wanted.messages);
  if (!engine.hasRoom(prompt, wanted.maxTokens)) throw new HttpError(400, "the prompt is too long");
  say({ ...told, prompt_tokens: prompt.length });
  const hungUp = new AbortController();
  response.on("close", () => hungUp.abort());
  const form = (wanted.stream ? streamed : whole)(response, wanted, `chatcmpl-${told.request}`);
  const deltas = [];
  const onText = (text) => {
    deltas.push(text);
    form.delta(text);
  };
  const { maxTokens } = wanted;
  const { stopReason, tokens } = await engine.reply(prompt, { maxTokens, signal: hungUp.signal, onText });
  const finish = stopReason === "maxTokens" ? "length" : "stop";
  const counts = { prompt_tokens: prompt.length, completion_tokens: tokens };
  const hasAborted = stopReason === "abort";
  const text = deltas.join("");
  say({ request: told.request, finish: hasAborted ? "hung up" : finish, ...counts, deltas: deltas.length, text });
  if (!hasAborted) form.end(finish, { ...counts, total_tokens: prompt.length + tokens });
}
