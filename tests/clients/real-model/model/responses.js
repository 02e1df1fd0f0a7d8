// The two forms of a response.

/** Each delta as it comes, in server-sent events. */
export function streamed(response, { model, includeUsage }, id) {
  const created = Math.floor(Date.now() / 1000);
  const common = { id, object: "chat.completion.chunk", created, model };
  const send = (data) => response.write(`data: ${data}\n\n`);
  const chunk = (more) => send(JSON.stringify({ ...common, ...more, ...(includeUsage && { usage: more.usage ?? null }) }));
  const choice = (delta, finish_reason = null) => chunk({ choices: [{ index: 0, delta, finish_reason }] });
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  choice({ role: "assistant", content: "" });
  return {
    delta: (content) => choice({ content }),
    end: (finish, usage) => {
      choice({}, finish);
      if (includeUsage) chunk({ choices: [], usage });
      send("[DONE]");
      response.end();
    },
  };
}

/** All at once, as JSON. */
export function whole(response, { model }, id) {
  const deltas = [];
  return {
    delta: (content) => deltas.push(content),
    end: (finish_reason, usage) => {
      const message = { role: "assistant", content: deltas.join("") };
      const choices = [{ index: 0, message, finish_reason }];
      const created = Math.floor(Date.now() / 1000);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ id, object: "chat.completion", created, model, choices, usage }));
    },
  };
}
