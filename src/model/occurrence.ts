import type { ProcessId } from './event.ts';

/** One time of a schedule: what is started at most once. */
export interface Occurrence {
  readonly schedule: string;
  /**
   * RFC 3339 in UTC, to the second, as the schedule means it: without jitter. With `/` and something after it it is no time of the
   * schedule: a run id, started by hand; `clock`, the line that says how the clock was corrected.
   */
  readonly key: string;
}

/** What became of it. Nothing is ever taken back: a row goes from `queued` to `running`, from both to an end, and the others are final. */
export type OccurrenceState = 'queued' | 'running' | 'ended' | 'skipped' | 'missed' | 'replaced' | 'failed';

export interface OccurrenceRecord extends Occurrence {
  readonly state: OccurrenceState;
  /** Given with the row, before the run's first event: a process that takes the row over starts or resumes that very run. */
  readonly runId?: string;
  /** Who has it in hand, while it is queued or runs. */
  readonly process?: ProcessId;
  readonly decidedAt: string;
  readonly endedAt?: string;
  readonly exitCode?: number;
  /** Why it was skipped or failed, in words. */
  readonly note?: string;
  /** `missed` and `skipped`: how many, this one included, and the first of them. */
  readonly count?: number;
  readonly since?: string;
}

/** What is remembered of a schedule. */
export interface ScheduleMark {
  readonly schedule: string;
  /** The latest instant up to which occurrences were decided on; milliseconds since 1970. */
  readonly decidedUpTo: number;
  readonly paused?: Pause;
}

export interface Pause {
  readonly by: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
  readonly until?: string;
}

/** Where occurrences are kept. Each call is one durable transaction; processes that share the store see each other's. */
export interface ScheduleStore {
  mark(schedule: string): ScheduleMark | undefined;
  /** Never backwards, unless `reset`: the clock was corrected. */
  decideUpTo(schedule: string, instant: number, reset?: 'reset'): void;
  /**
   * Writes the row if there is none of that key, and moves the mark up to the time of the key, in one transaction: what has a row is
   * not missed once more after a crash. True: this process has it. False: another decided on it before.
   */
  take(record: OccurrenceRecord): boolean;
  /** Takes a row over whose process died; true: it is ours now. Fails when its process is no longer `from`. */
  takeOver(occurrence: Occurrence, from: ProcessId, to: ProcessId): boolean;
  /** Moves a row that this process has. */
  settle(occurrence: Occurrence, end: Pick<OccurrenceRecord, 'state' | 'endedAt' | 'exitCode' | 'note'>): void;
  /** Newest first. */
  occurrences(query: OccurrenceQuery): readonly OccurrenceRecord[];
  pause(schedule: string, pause: Pause | undefined): void;
}

export interface OccurrenceQuery {
  readonly schedule?: string;
  readonly states?: readonly OccurrenceState[];
  readonly limit: number;
}
