import type { OccurrenceState } from '../model/occurrence.ts';
import type { Outcome } from '../model/result.ts';

/** What `serve` says of itself at one moment: to `/livez`, `/readyz` and `/metrics`. Counts are since it was started. */
export interface ServeStatus {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** How long ago its loop has turned, by the clock that never jumps. */
  readonly sinceTurnMs: number;
  /** Why the store cannot be written now, in words. Absent: it can. */
  readonly storeFault?: string;
  /** What was wrong with the configuration when it was read again, in words: it goes on with the one before. Absent: it holds. */
  readonly reloadError?: string;
  /** It was told to end: nothing new is started. */
  readonly stopping: boolean;
  /** Those of the configuration, in its order. */
  readonly schedules: readonly ScheduleStatus[];
  /** Rows that were written, and those that it stands for: a row of a thousand missed times counts a thousand. */
  readonly occurrences: readonly OccurrenceCount[];
  /** Runs that have ended. */
  readonly runs: readonly RunCount[];
  /** Of the runs that have ended; each outcome at most once. */
  readonly hosts: readonly HostCount[];
  /** Connections that are open and may be used again; absent: none are kept. */
  readonly keptConnections?: number;
  /** Messages that were not sent yet, of all processes. */
  readonly waitingNotifications: number;
}

export interface ScheduleStatus {
  readonly name: string;
  /** When the next one starts, jitter included: milliseconds since 1970. Absent: never, or only when a pause is over. */
  readonly nextStart?: number;
  readonly paused: boolean;
  /** Occurrences of it that this process runs. */
  readonly running: number;
}

export interface OccurrenceCount {
  readonly schedule: string;
  readonly state: Exclude<OccurrenceState, 'queued' | 'running'>;
  readonly count: number;
}

export interface RunCount {
  readonly runbook: string;
  readonly exitCode: number;
  readonly count: number;
}

export interface HostCount {
  readonly outcome: Outcome;
  readonly count: number;
}
