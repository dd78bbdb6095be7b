import type { RunStarted, Stamp } from './event.ts';
import type { FindingReport, Outcome } from './result.ts';
import type { SentPhase } from './step-event.ts';

/** A run or a plan that has come to its end, host by host: what is asked over many runs. */
export interface FinishedRun {
  readonly runId: string;
  /** Its first event: who, why, what for, and on which hosts. */
  readonly started: Stamp & RunStarted;
  readonly finishedAt: string;
  readonly exitCode: number;
  /** By name. */
  readonly hosts: readonly HostRecord[];
}

/** How one host of the run fared. Times are RFC 3339, the controller's clock. */
export interface HostRecord {
  readonly host: string;
  /** As `machineOf` says. Absent where it was not diagnosed, and in records from before it was kept. */
  readonly machine?: string;
  /** Its first diagnosis in this run. Absent: there was none. */
  readonly survey?: HostSurvey;
  /** Its last one, after a change or before the first: absent where there was only the first. */
  readonly last?: HostSurvey;
  /** Fix steps that a plan would carry out, in its order; of a run: would have, before it began. */
  readonly planned: readonly PlannedDeed[];
  /** Steps that changed something, in their order. */
  readonly done: readonly Deed[];
  readonly outcome: Outcome;
  readonly reason: string;
  readonly endedAt: string;
  /** The run was interrupted in the middle of the work here, and nobody has gone on with it. */
  readonly interrupted?: true;
}

export interface HostSurvey {
  readonly at: string;
  /** Number of the event in the run: `findings-evaluated` has the findings in full. */
  readonly seq: number;
  /** Those that are not absent. */
  readonly findings: readonly FoundFinding[];
}

export type FoundFinding = Pick<FindingReport, 'name' | 'severity' | 'state' | 'summary'>;

export interface PlannedDeed {
  readonly step: string;
  readonly name: string;
}

export interface Deed extends PlannedDeed {
  readonly phase: SentPhase | 'retest' | 'proof';
  readonly at: string;
}

export interface FinishedRunQuery {
  /** RFC 3339: runs that started then or later. */
  readonly since: string;
  readonly runbook?: string;
  /** Only runs that had this host selected, and only it of their hosts. */
  readonly host?: string;
}
