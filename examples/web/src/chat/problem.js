import { inWords } from "../words.js";

/** Says why a reply failed: the API's problem, the error of a stream that broke off, or a lost connection. */
export function trouble(error) {
  const problem = parsed(error.responseBody);
  if (problem) return { code: problem.code, text: inWords(problem) };
  if (error.statusCode) return { text: inWords({ status: error.statusCode }) };
  if (error instanceof TypeError) return { text: inWords({}) };
  return { text: error.message };
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
