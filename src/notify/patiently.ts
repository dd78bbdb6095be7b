import type { Clock } from '../model/clock.ts';
import { StoreFault } from '../model/store-fault.ts';

const MOST_BUSY_MS = 15_000;
const PAUSE_MS = 400;

/** Does it with a store; while another program keeps that locked, again and again, for fifteen seconds. */
export async function patiently<T>(clock: Clock, work: () => T): Promise<T> {
  const until = clock.monotonic() + MOST_BUSY_MS;
  for (;;) {
    try {
      return work();
    } catch (cause) {
      const isBusy = cause instanceof StoreFault && cause.kind === 'busy';
      if (!isBusy || clock.monotonic() >= until) throw cause;
    }
    await clock.sleep(PAUSE_MS);
  }
}
