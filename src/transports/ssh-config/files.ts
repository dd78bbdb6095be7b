import { existsSync } from 'node:fs';

/** Which files are there, each looked at once: a hundred hosts name the same keys. */
export class Files {
  readonly #known = new Map<string, boolean>();

  has(path: string): boolean {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const there = existsSync(path);
    this.#known.set(path, there);
    return there;
  }
}
