// Waiting for something that becomes true by and by.

/** Conditions that are looked at again whenever `look` is called. */
export class Waiting {
  #open = new Set();
  #failure = undefined;

  /** The first value of `condition` that counts as true; fails after this number of milliseconds. */
  until(condition, milliseconds, what) {
    return new Promise((resolve, reject) => {
      const close = (settle, value) => {
        clearTimeout(timer);
        this.#open.delete(look);
        settle(value);
      };
      const look = () => {
        const value = condition();
        if (value) close(resolve, value);
        else if (this.#failure) close(reject, this.#failure);
      };
      const late = () => close(reject, new Error(`waited ${milliseconds / 1000} s in vain for ${what}`));
      const timer = milliseconds === Infinity ? undefined : setTimeout(late, milliseconds);
      this.#open.add(look);
      look();
    });
  }

  /** Looks at all conditions. */
  look() {
    for (const look of [...this.#open]) look();
  }

  /** Nothing more will come. */
  fail(error) {
    this.#failure = error;
    this.look();
  }
}

/** Calls `look` until it returns a value that counts as true, with a short pause between; gives that. */
export async function eventually(look, milliseconds, what) {
  const latest = Date.now() + milliseconds;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (Date.now() > latest) throw new Error(`waited ${milliseconds / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
