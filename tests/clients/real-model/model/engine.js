// The model in this process: a prompt in, deltas of a reply out.

import { getLlama, LlamaCompletion, LlamaText, SpecialTokensText } from "node-llama-cpp";

/** The tokens that prompt and reply may have together. */
const contextSize = 4096;

// The prebuilt program of the npm package or none: nothing is downloaded or built.
const binary = { gpu: false, build: "never", skipDownload: true, progressLogs: false };

// A model of this size repeats itself without end otherwise.
const repeatPenalty = { penalty: 1.15, lastTokens: 128 };

/** Loads the weights. One thread: more are slower where others work on the same processors. */
export async function load(path) {
  const llama = await getLlama({ ...binary, logLevel: "error" });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize, threads: 1 });
  return new Engine(model, context.getSequence());
}

/** Replies to one prompt after the other. */
class Engine {
  #model;
  #completion;
  #last = Promise.resolve();

  constructor(model, contextSequence) {
    this.#model = model;
    this.#completion = new LlamaCompletion({ contextSequence });
  }

  /** The prompt of these messages as tokens. */
  prompt(messages) {
    return chatml(messages).tokenize(this.#model.tokenizer);
  }

  /** Whether a reply to the prompt has room. */
  hasRoom(prompt, maxTokens) {
    return prompt.length + maxTokens < contextSize;
  }

  /**
   * Gives each delta of the reply to `onText` until its end, `maxTokens`, or the signal; then tells
   * which of them it was, and how many tokens came. The same prompt gets the same reply.
   */
  reply(prompt, { maxTokens, signal, onText }) {
    const next = this.#last.then(() => this.#generate(prompt, { maxTokens, signal, onText }));
    this.#last = next.catch(() => {});
    return next;
  }

  async #generate(prompt, { maxTokens, signal, onText }) {
    if (signal.aborted) return { stopReason: "abort", tokens: 0 };
    let tokens = 0;
    const { metadata } = await this.#completion.generateCompletionWithMeta(prompt, {
      maxTokens,
      repeatPenalty,
      signal,
      stopOnAbortSignal: true,
      onTextChunk: onText,
      onToken: (some) => (tokens += some.length),
    });
    return { stopReason: metadata.stopReason, tokens };
  }
}

/** The form in which this family of models was taught to read a chat. */
function chatml(messages) {
  const special = (text) => new SpecialTokensText(text);
  const turns = messages.flatMap(({ role, content }) => [
    special(`<|im_start|>${role}\n`),
    content,
    special("<|im_end|>\n"),
  ]);
  return LlamaText([...turns, special("<|im_start|>assistant\n")]);
}
