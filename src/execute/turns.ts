/** Lets one at a time change something, in the order in which they come. Whoever has the turn may take it again. */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #owner: object | undefined;
  #taken = 0;

  /** Resolves when it is the owner's turn; with true when there was one to wait for. Each call wants a `leave`. */
  async take(owner: object): Promise<boolean> {
    if (this.#owner === undefined || this.#owner === owner) {
      this.#owner = owner;
      this.#taken += 1;
      return false;
    }
    await new Promise<void>((begin) => this.#waiting.push({ owner, begin }));
    return true;
  }

  leave(): void {
    this.#taken -= 1;
    if (this.#taken > 0) return;
    const next = this.#waiting.shift();
    this.#owner = next?.owner;
    this.#taken = next === undefined ? 0 : 1;
    next?.begin();
  }
}

interface Waiting {
  readonly owner: object;
  readonly begin: () => void;
}
