import type { RunEvent } from './event.ts';

/** Shows a run to somebody. `accept` is synchronous and cheap: a slow terminal must not stall hosts. */
export interface Reporter {
  accept(event: RunEvent): void;
  /** After the last event; waits until all is written. */
  close(): Promise<void>;
}
