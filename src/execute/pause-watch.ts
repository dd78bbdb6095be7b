import type { Clock } from '../model/clock.ts';

/** What was found on a host is old news after this. */
const FRESH_MS = 60_000;

/** Tells whether a host was left alone for so long that its findings must be made again. */
export class PauseWatch {
  readonly #clock: Clock;
  #monotonic = 0;
  #wall = 0;
  #waited = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.touch();
  }

  /** The host has just answered. */
  touch(): void {
    this.#monotonic = this.#clock.monotonic();
    this.#wall = this.#clock.now();
  }

  /** A step has waited before it is sent again: a long wait is a pause, whatever the host answers then. */
  waited(): void {
    this.#waited ||= this.paused();
  }

  /** What was found may be otherwise now, however short the time was. */
  outdated(): void {
    this.#waited = true;
  }

  /** Its findings were just made again. */
  renewed(): void {
    this.#waited = false;
    this.touch();
  }

  /** A suspended machine shows only on the wall clock, a clock that was set only on the other. */
  paused(): boolean {
    const gap = Math.max(this.#clock.monotonic() - this.#monotonic, this.#clock.now() - this.#wall);
    return this.#waited || gap > FRESH_MS;
  }
}
