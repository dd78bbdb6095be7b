import type { LimitReached } from './event.ts';

/** In which order a command goes to hosts, and when it goes to no more of them. */
export interface ExecOrder {
  /** Names of the hosts that were reached, the canary first. */
  readonly batches: readonly (readonly string[])[];
  /** No new host is started once so many have failed. */
  readonly maxFailures: number;
  /** Nothing is sent at all. */
  readonly stop?: Omit<LimitReached, 'type'>;
}
