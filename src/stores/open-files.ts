import { statSync } from 'node:fs';
import { StoreFault } from '../model/store-fault.ts';

/**
 * The files that SQLite has open. What is written to a file that has no name any more succeeds, and nobody will ever read it; SQLite
 * does not look.
 */
export class OpenFiles {
  readonly #paths: readonly string[];
  readonly #opened = new Map<string, string>();

  /** Of a store that is open. */
  constructor(store: string) {
    this.#paths = [store, `${store}-wal`];
    this.check();
  }

  /** Throws `StoreFault` when one that was there is not any more, or is another file. */
  check(): void {
    for (const path of this.#paths) {
      const found = identityOf(path);
      const opened = this.#opened.get(path);
      if (opened === undefined && found !== undefined) this.#opened.set(path, found);
      else if (opened !== found) throw new StoreFault('gone', `${path} was moved, deleted or replaced meanwhile`);
    }
  }
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev} ${found.ino}`;
}
