import type { ProcessId } from './event.ts';
import type { RunRecord } from './store.ts';

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
  /** Of times that were not begun: how many the row stands for, this one included, and the key of the first. Absent: it is one. */
  readonly count?: number;
  readonly since?: string;
}

/** What of times that follow each other for the same reason is one row: see `ScheduleStore.take`. */
export const NOT_BEGUN: readonly OccurrenceState[] = ['skipped', 'missed', 'replaced'];

/** Of a schedule at most so many rows of times that were not begun are kept, the newest ones. */
export const MOST_NOT_BEGUN = 500;

/** Where a row goes. To `running` from `queued` only. */
export type Settlement = Pick<OccurrenceRecord, 'endedAt' | 'exitCode' | 'note'> & {
  readonly state: Exclude<OccurrenceState, 'queued'>;
};

/** A row that is queued or runs. */
export interface OpenOccurrence {
  readonly record: OccurrenceRecord;
  /**
   * What the record has of the run that is named there. Absent: no event of it was written. Its `process` may be another one than
   * the row's: a person resumed it.
   */
  readonly run?: RunRecord;
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

/**
 * Where occurrences are kept. Each call is one durable transaction; processes that share the store see each other's. A call that
 * cannot be kept changes nothing and throws `StoreFault`: `busy` and `full` may pass, and another try is right then; after any other
 * the store must be opened anew. What reads throws one of `broken` when the store cannot be read.
 */
export interface ScheduleStore {
  mark(schedule: string): ScheduleMark | undefined;
  /** Never backwards, unless `reset`: the clock was corrected. */
  decideUpTo(schedule: string, instant: number, reset?: 'reset'): void;
  /**
   * True: this process has it. False: another decided on it before: it has a row, or its time is not after the mark. A time of the
   * schedule moves the mark with it, in one transaction: what has a row is not missed once more after a crash.
   *
   * Times that are not begun (`NOT_BEGUN`) and follow each other for the same reason are one row: the key is that of the newest.
   * Fails where the room for the ends of what runs cannot be kept: nothing is to be started on a full disk.
   */
  take(record: OccurrenceRecord): boolean;
  /** Takes a row over whose process died; true: it is ours now. False: its process is no longer `from`, or it has an end. */
  takeOver(occurrence: Occurrence, from: ProcessId, to: ProcessId): boolean;
  /** Moves a row that `by` has, also on a full disk. False, and nothing is written: another process has it, or it has an end. */
  settle(occurrence: Occurrence, by: ProcessId, end: Settlement): boolean;
  /** Newest first. */
  occurrences(query: OccurrenceQuery): readonly OccurrenceRecord[];
  /** What is queued or runs, of all processes, oldest first: who starts asks which of them are gone. */
  open(): readonly OpenOccurrence[];
  /** Undefined ends it. A schedule of which nothing was decided begins with its pause. */
  pause(schedule: string, pause: Pause | undefined): void;
  /** Writes to the disk and leaves all as it is. Fails where nothing could be begun now. */
  probe(): void;
}

export interface OccurrenceQuery {
  readonly schedule?: string;
  readonly states?: readonly OccurrenceState[];
  readonly limit: number;
}
