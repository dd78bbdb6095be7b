import { existsSync } from 'node:fs';
import type { ErrorInfo } from '../model/error.ts';
import type { SharedStore } from '../model/shared-store.ts';
import { StoreFault, type StoreFaultKind } from '../model/store-fault.ts';
import type { Result } from '../util/result.ts';

/** What may pass without the store being opened anew. */
const PASSING: ReadonlySet<StoreFaultKind> = new Set(['busy', 'full']);

/** The store of a process that outlives faults of it. `file`: once it was there, no new one is begun in its place. */
export class ReopenedStore {
  readonly #open: () => Result<SharedStore, ErrorInfo>;
  readonly #file: string;
  #store: SharedStore | undefined;
  #wasOpen = false;

  constructor(open: () => Result<SharedStore, ErrorInfo>, file: string) {
    this.#open = open;
    this.#file = file;
  }

  /** Opened now where it is not. Throws `StoreFault` when it cannot be. */
  get current(): SharedStore {
    if (this.#store !== undefined) return this.#store;
    if (this.#wasOpen && !existsSync(this.#file))
      throw new StoreFault('gone', `${this.#file} is gone: bring it back, or begin a new record with another serve`);
    const opened = this.#open();
    if (!opened.ok) throw new StoreFault('gone', opened.error.message);
    this.#wasOpen = true;
    this.#store = opened.value;
    return opened.value;
  }

  /** After a fault that lasts it is opened anew when it is asked for. */
  async mend({ kind }: StoreFault): Promise<void> {
    if (!PASSING.has(kind)) await this.close();
  }

  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    // What is broken may fail once more; nothing of it is used again.
    await store?.close().catch(() => undefined);
  }
}
