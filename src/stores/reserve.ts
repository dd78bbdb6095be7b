import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

/** Ends of some hundred steps, with what they printed cut short: see `shortened`. */
export const RESERVE_BYTES = 4 * 1024 * 1024;
const BLOCK = 512; // the unit of `stat`, whatever the file system's is
const PROBE_BYTES = 64 * 1024;

/**
 * Room on the disk that is kept beside the store, so that what is running when the disk fills up can still leave its end. All
 * processes that use the store share it; whoever is full first gives it up, for all.
 */
export class Reserve {
  readonly #file: string;
  readonly #probe: string;

  /** `store`: path of the store. Makes nothing yet. */
  constructor(store: string) {
    this.#file = `${store}.reserve`;
    this.#probe = `${store}.probe`;
  }

  /** Makes it where it is not there in full. False: there is no room. */
  keep(): boolean {
    const found = statSync(this.#file, { throwIfNoEntry: false });
    if (found?.size === RESERVE_BYTES && found.blocks * BLOCK >= RESERVE_BYTES) return true;
    return fill(this.#file, RESERVE_BYTES);
  }

  /** Gives it up; without one it does nothing. */
  release(): void {
    rmSync(this.#file, { force: true });
  }

  /** Whether a little cannot be written here either: a full disk or a quota, which SQLite reports as any I/O error. */
  isDiskFull(): boolean {
    const isFull = !fill(this.#probe, PROBE_BYTES);
    rmSync(this.#probe, { force: true });
    return isFull;
  }
}

/** Of bytes that no file system can make less of. False, and no file: there is no room for all. */
function fill(file: string, size: number): boolean {
  try {
    const descriptor = openSync(file, 'w', 0o600);
    try {
      const bytes = randomFillSync(Buffer.alloc(size));
      for (let at = 0; at < size;) at += writeSync(descriptor, bytes, at);
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (cause) {
    rmSync(file, { force: true });
    if (NO_ROOM.has((cause as NodeJS.ErrnoException).code ?? '')) return false;
    throw cause;
  }
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
