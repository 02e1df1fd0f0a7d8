// The majors of the AI SDK; each test runs with every one of them, at the same time.

import { describe, it } from "node:test";
import * as ai5 from "ai5";
import * as ai6 from "ai6";
import * as ai7 from "ai7";
import { Sdk } from "./sdk.js";

const sdks = [new Sdk(5, ai5), new Sdk(6, ai6), new Sdk(7, ai7)];

/** Declares one test for each major. `body` gets the SDK, and the test's context. */
export function inEveryMajor(name, body) {
  describe(name, { concurrency: true }, () => {
    for (const sdk of sdks) {
      it(`${name} [ai ${sdk.major}]`, (context) => body(sdk, context));
    }
  });
}
