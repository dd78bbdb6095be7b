import type { Clock } from '../model/clock.ts';

/** A connection that breaks more often than so many times in so many milliseconds is not made again. */
const MOST_BREAKS = 3;
const WITHIN_MS = 10 * 60_000;

/** How often the connection to one host broke of late. */
export class Breaks {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #times: readonly number[] = [];

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Counts one more. True: it may be made again. */
  mayBreak(): boolean {
    const now = this.#clock.monotonic();
    this.#times = [...this.#times.filter((at) => now - at < WITHIN_MS), now];
    return this.#times.length <= MOST_BREAKS;
  }
}
