/** Reads go through together; a change goes alone, after all before it and before all after it. */
export class Gate {
  #change: Promise<void> = Promise.resolve();
  readonly #reads = new Set<Promise<unknown>>();

  async read<T>(work: () => Promise<T>): Promise<T> {
    await this.#open();
    const done = work();
    this.#reads.add(done);
    try {
      return await done;
    } finally {
      this.#reads.delete(done);
    }
  }

  async change<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#change;
    let leave: () => void = () => undefined;
    this.#change = new Promise((resolve) => (leave = resolve));
    try {
      await before;
      await Promise.allSettled(this.#reads);
      return await work();
    } finally {
      leave();
    }
  }

  // A change may have come while we waited for another.
  async #open(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.#change;
      await seen;
    } while (seen !== this.#change);
  }
}
