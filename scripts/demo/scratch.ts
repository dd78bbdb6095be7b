import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The only place where the demo writes, and what else it must take down at the end. */
export class Scratch {
  readonly folder: string;
  readonly #undo: (() => Promise<void>)[] = [];

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'runbook-demo-'));
    chmodSync(this.folder, 0o700);
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  /** Called by `close`, the last one first. */
  onClose(undo: () => Promise<void>): void {
    this.#undo.push(undo);
  }

  /** Takes down all that `onClose` was told, and removes the folder. Does all of it even when a part fails, and then throws. */
  async close(): Promise<void> {
    const troubles: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      await undo().catch((trouble: unknown) => troubles.push(trouble));
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    if (troubles.length > 0) throw troubles[0];
  }
}
