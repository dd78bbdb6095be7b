import type { Result } from '../util/result.ts';
import type { Attempt, AttemptQuery } from './attempt.ts';
import type { ErrorInfo } from './error.ts';
import type { ProcessId, RunEvent, RunMode } from './event.ts';
import type { Plan } from './plan.ts';

/** Where a run writes down what happens. */
export interface Journal {
  /**
   * Resolves when the event is durable. Events are kept in the order of the calls; those that nobody awaits may be written
   * together. Rejects when the store fails, and then every later call does too: a run without a journal must stop. One that
   * failed because it is full still keeps events that end something (`endsSomething`), as far as a reserve lets it.
   */
  commit(event: RunEvent): Promise<void>;
}

/** The journal and what can be read back from it. */
export interface Store extends Journal {
  /** Newest first. */
  runs(query: RunQuery): readonly RunRecord[];
  /** In order; empty for an unknown run. */
  events(runId: string): Iterable<RunEvent>;
  /** Full ids of runs that begin with this; for short ids on the command line. */
  match(prefix: string): readonly string[];
  plan(runId: string): Plan | undefined;
  /**
   * What shows that the run's record is not what was written: edited, missing, exchanged or unreadable rows. None: it is whole.
   * Whoever is about to act on what the record says asks first (`resume`, `rollback`, `run --plan`). Never throws.
   */
  verify(runId: string): readonly Flaw[];
  /** The run that carried out the plan that `planRunId` made. */
  carriedOutBy(planRunId: string): string | undefined;
  /**
   * Takes the right to carry out the plan that `planRunId` made, which is there once: durable when it returns undefined. Else the
   * run that has it. An error when the store fails: nobody has it then.
   */
  carryOut(planRunId: string, runId: string): Result<string | undefined, ErrorInfo>;
  /** Oldest first. */
  attempts(query: AttemptQuery): readonly Attempt[];
  /** Waits for what is not yet written. */
  close(): Promise<void>;
}

export interface RunQuery {
  readonly limit: number;
  readonly runId?: string;
  readonly mode?: RunMode;
  readonly runbook?: string;
  readonly host?: string;
}

export interface RunRecord {
  readonly runId: string;
  readonly mode: RunMode;
  readonly runbook: string;
  readonly startedAt: string;
  /** Absent: it runs still, or its process died. */
  readonly finishedAt?: string;
  readonly exitCode?: number;
  readonly startedBy: string;
  readonly reason: string;
  readonly hosts: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Of a plan: the run that carried it out. */
  readonly carriedOutBy?: string;
  /** A plan that a schedule of mode `shadow` made. */
  readonly isShadow?: true;
  /** Of its last session. Absent in records from before it was kept. */
  readonly process?: ProcessId;
  /** It was approved, and has no end, or one by an interrupt or a freeze with hosts that `resume` can go on with. */
  readonly isResumable?: true;
}

/** Something in a store that is not as it was written. */
export interface Flaw {
  /** Absent: it concerns the file, or rows of no run. */
  readonly runId?: string;
  /** Of the event at which it shows. */
  readonly seq?: number;
  /** What is wrong and what it means, in words. */
  readonly message: string;
}
