// What a request asks for.

const mostTokens = 1024;
const roles = ["system", "user", "assistant"];

/** A request that is not answered. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Reads the body of a request; fails with a Refusal. Fields that are not read are ignored. */
export function read(body) {
  const { model, messages, stream = false, stream_options: options } = body ?? {};
  const isMessage = ({ role, content }) => roles.includes(role) && typeof content === "string";
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) {
    throw new Refusal(400, "messages must be texts of system, user or assistant");
  }
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? mostTokens;
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw new Refusal(400, "max_tokens must be a number above 0");
  return {
    model: String(model),
    messages,
    maxTokens: Math.min(maxTokens, mostTokens),
    stream: stream === true,
    includeUsage: options?.include_usage === true,
  };
}
