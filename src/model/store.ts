import type { Result } from '../util/result.ts';
import type { Attempt, AttemptQuery } from './attempt.ts';
import type { ErrorInfo } from './error.ts';
import type { RunEvent, RunMode } from './event.ts';
import type { Plan } from './plan.ts';

/** Where a run writes down what happens. */
export interface Journal {
  /**
   * Resolves when the event is durable. Events are kept in the order of the calls; those that nobody awaits may be written
   * together. Rejects when the store fails, and then every later call does too: a run without a journal must stop.
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
  readonly runbook?: string;
  readonly host?: string;
}

export interface RunRecord {
  readonly runId: string;
  readonly mode: RunMode;
  readonly runbook: string;
  readonly startedAt: string;
  /** Absent: still running, or interrupted. */
  readonly finishedAt?: string;
  readonly exitCode?: number;
  readonly startedBy: string;
  readonly reason: string;
  readonly hosts: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Of a plan: the run that carried it out. */
  readonly carriedOutBy?: string;
}
