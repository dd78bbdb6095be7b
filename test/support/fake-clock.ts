import { VirtualClock } from '../../src/app/cases/virtual-clock.ts';

/** Virtual time that can be disturbed. */
export class FakeClock extends VirtualClock {
  #wallShift = 0;

  constructor() {
    super(Date.parse('2026-01-01T00:00:00Z'));
  }

  override now(): number {
    return super.now() + this.#wallShift;
  }

  /** The wall clock jumps, as after the suspension of a laptop; the monotonic one does not notice. */
  suspend(milliseconds: number): void {
    this.#wallShift += milliseconds;
  }
}
