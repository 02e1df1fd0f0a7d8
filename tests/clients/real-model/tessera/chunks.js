// The UI message stream, as it arrives.

/** The chunks of a response's body, without the last, `[DONE]`; fails if that one is missing. */
export async function* chunks(response) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body) {
    const events = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "))?.slice(6);
      if (data === "[DONE]") return;
      if (data !== undefined) yield JSON.parse(data);
    }
  }
  throw new Error("the stream ended without [DONE]");
}

/** Reads all chunks, or what is left of them: the text, its deltas, when they came, and the others by type. */
export async function readAll(stream, seen = begin()) {
  for await (const chunk of stream) take(seen, chunk);
  return { ...seen, text: seen.deltas.join("") };
}

/** Reads until this number of deltas has come; the rest can be read with `readAll`. */
export async function readSome(stream, count) {
  const seen = begin();
  while (seen.deltas.length < count) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`the reply ended after ${seen.deltas.length} deltas`);
    take(seen, value);
  }
  return seen;
}

function begin() {
  return { started: performance.now(), deltas: [], times: [], types: [], byType: {} };
}

function take(seen, chunk) {
  if (chunk.type === "error") throw new Error(`the stream has an error: ${chunk.errorText}`);
  if (chunk.type === "text-delta") {
    seen.deltas.push(chunk.delta);
    seen.times.push(Math.round(performance.now() - seen.started));
  }
  if (seen.types.at(-1) !== chunk.type) seen.types.push(chunk.type);
  seen.byType[chunk.type] = chunk;
}
