import { performance } from 'node:perf_hooks';
import type { Claim } from '../../model/transport.ts';

/** Is told once of each change of an earlier connection whose end is awaited. */
export type Awaits = (claim: Pick<Claim, 'step' | 'attempt'>) => void;

const LOOK_AGAIN_MS = 1000;
/** What has ended is told by its shell at once, or after it ended at its deadline what its step left. */
const ENDING_MS = 20_000;
/** The holder of a lock that was just taken is named a moment later. */
const NAMING_MS = 2000;
/** The host says when a step is over its deadline. A clock there that stands still does not keep us for ever. */
const OVERDUE_MS = 60_000;
const LONGEST_S = 7 * 86_400;
/** An earlier connection has one change running; what names more and more of them is none. */
const MOST_NAMES = 20;

/** What keeps the lock from us, by what the host answers again and again. */
export class LockWaits {
  readonly #awaits: Awaits;
  readonly #told = new Set<string>();
  #what = '';
  #since = 0;
  #longestMs = 0;
  /** A shell that does not come to an end is to be ended. */
  isForced = false;
  pauseMs = LOOK_AGAIN_MS;

  constructor(awaits: Awaits) {
    this.#awaits = awaits;
  }

  /** True: ask again after `pauseMs`. */
  goesOn(word: string, rest: string): boolean {
    const [, name = '', state = '', left = ''] = /^(\S+) (runs|ends) (-?\d+)$/.exec(rest) ?? [];
    const isBusy = word === 'busy';
    if (!isBusy && (word !== 'waits' || name === '')) return false;
    this.#begin(isBusy ? word : `${state} ${name}`, Math.min(Math.max(0, Number(left)), LONGEST_S) * 1000 + OVERDUE_MS);
    const passedMs = performance.now() - this.#since;
    this.pauseMs = isBusy || passedMs < LOOK_AGAIN_MS ? LOOK_AGAIN_MS / 5 : LOOK_AGAIN_MS;
    if (isBusy) return passedMs < NAMING_MS;
    this.#tell(name);
    this.isForced = state === 'ends' && passedMs > ENDING_MS;
    return passedMs < this.#longestMs && this.#told.size <= MOST_NAMES;
  }

  #begin(what: string, longestMs: number): void {
    if (what === this.#what) return;
    this.#what = what;
    this.#since = performance.now();
    this.#longestMs = longestMs;
  }

  #tell(name: string): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const at = name.lastIndexOf('.');
    this.#awaits({ step: name.slice(0, at), attempt: Number(name.slice(at + 1)) });
  }
}
