// What a request wants.

const tokenLimit = 1024;
const roles = ["system", "user", "assistant"];

/** An error response. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Reads the body of a request; fails with an HttpError. Fields that are not read are ignored. */
export function read(body) {
  const { model, messages, stream = false, stream_options: options } = body ?? {};
  const isMessage = ({ role, content }) => roles.includes(role) && typeof content === "string";
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) {
    throw new HttpError(400, "messages must be texts of system, user or assistant");
  }
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? tokenLimit;
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw new HttpError(400, "max_tokens must be a number above 0");
  return {
    model: String(model),
    messages,
    maxTokens: Math.min(maxTokens, tokenLimit),
    stream: stream === true,
    includeUsage: options?.include_usage === true,
  };
}
