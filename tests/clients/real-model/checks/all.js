// The checks in their order: each may build on those before it.

import * as hangUp from "./hang-up.js";
import * as json from "./json.js";
import * as privacy from "./privacy.js";
import * as prompt from "./prompt.js";
import * as stop from "./stop.js";
import * as stream from "./stream.js";

export const all = [json, prompt, stream, stop, hangUp, privacy];
