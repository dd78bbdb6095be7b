import type { Clock } from '../../model/clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * Virtual time. Goes on by itself to the next sleeper whenever everything else waits, so a soak of an hour takes no time. Only
 * promises may be waited for beside it: work on real timers or sockets would be overtaken.
 */
export class VirtualClock implements Clock {
  #elapsed = 0;
  #sleepers: Sleeper[] = [];
  #scheduled = false;
  readonly #start: number;

  /** `start`: milliseconds since 1970. */
  constructor(start: number) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        until: this.#elapsed + Math.max(0, milliseconds),
        wake: () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      signal?.addEventListener('abort', sleeper.wake);
      this.#sleepers.push(sleeper);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Runs when every promise that can go on without time has gone on.
    setImmediate(() => {
      this.#scheduled = false;
      const next = this.#sleepers.toSorted((a, b) => a.until - b.until)[0];
      if (next === undefined) return;
      this.#elapsed = Math.max(this.#elapsed, next.until);
      next.wake();
      this.#schedule();
    });
  }
}
