import type { Clock } from '../model/clock.ts';

/** The host's clock as one reading of it and the time that has passed here since. */
export class HostClock {
  readonly #clock: Clock;
  readonly #readAt: number;
  readonly #reading: number;

  /** `reading`: RFC 3339, taken just now. */
  constructor(clock: Clock, reading: string) {
    this.#clock = clock;
    this.#readAt = clock.monotonic();
    const parsed = Date.parse(reading);
    this.#reading = Number.isNaN(parsed) ? clock.now() : parsed;
  }

  /** RFC 3339, UTC. */
  now(): string {
    return this.at(this.#clock.monotonic());
  }

  /** What it said at a moment of our own monotonic clock. */
  at(monotonic: number): string {
    return new Date(this.#reading + monotonic - this.#readAt).toISOString();
  }
}
