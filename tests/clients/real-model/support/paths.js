// Where things are.

import { fileURLToPath } from "node:url";

/** This folder. */
export const here = fileURLToPath(new URL("..", import.meta.url));

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** What is downloaded or made is kept here, outside of git. */
export const local = `${root}.local/`;
