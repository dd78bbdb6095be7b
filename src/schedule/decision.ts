import type { ScheduleMark } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';

/** What is known of one schedule when it is asked what is due. */
export interface Situation {
  readonly schedule: Schedule;
  /** Absent: nothing was ever decided of it. It begins now. */
  readonly mark?: ScheduleMark;
  /** An occurrence of it, of whatever process, also one that was started by hand. */
  readonly running?: { readonly interrupted: boolean };
  /** `takenOver`: its process died, and nobody waited for it meanwhile. */
  readonly queued?: { readonly key: string; readonly takenOver: boolean };
  /** Why nothing may be started now, in words: a freeze. */
  readonly frozen?: string;
  /** As many runs are going on as there may be at once. */
  readonly isFull: boolean;
}

/** Done in their order. A key that has a row already, of whatever process, is left as it is. */
export type Decision =
  /** `wasQueued`: its row is there. */
  | { readonly kind: 'start'; readonly key: string; readonly wasQueued: boolean }
  /** It waits for the one before, or for room; at most one of a schedule does. */
  | { readonly kind: 'queue'; readonly key: string }
  /** The one that was queued is not started. */
  | {
      readonly kind: 'drop';
      readonly key: string;
      readonly state: 'replaced' | 'skipped' | 'missed';
      readonly why: string;
    }
  /** What runs is interrupted as by Ctrl-C, so that the one that is queued can start. */
  | { readonly kind: 'interrupt' }
  | ({ readonly kind: 'skip'; readonly why: string } & Several)
  | ({ readonly kind: 'miss' } & Several)
  /** One line for the history: what the clock passed over is neither run nor missed. */
  | { readonly kind: 'correct'; readonly key: string; readonly why: string };

/** The key of the newest, how many there are (it included), and the key of the oldest. */
export interface Several {
  readonly key: string;
  readonly count: number;
  readonly since: string;
}

export interface Verdict {
  readonly decisions: readonly Decision[];
  /** For `decideUpTo`, once the decisions are rows. Absent: it stays. */
  readonly mark?: { readonly upTo: number; readonly reset: boolean };
  /** When to ask again by the wall clock, if nothing happens before: milliseconds since 1970. Absent: never. */
  readonly wakeAt?: number;
}
