import type { ErrorInfo } from './error.ts';
import type { HostFacts } from './host.ts';
import type { Plan } from './plan.ts';
import type { Trigger } from './policy.ts';
import type { FindingReport, Outcome } from './result.ts';
import type { PhaseName } from './runbook.ts';
import type { RunSelection } from './selection.ts';
import type { StepStarted, StepIntended, StepAwaited, StepSettled, Evidence, StepEnded } from './step-event.ts';

/**
 * Everything that happens, as plain JSON with ids and no references: the same log live, stored and replayed. Secrets are
 * masked before an event exists. Events of one host are in order; across hosts only `seq` is. New members and fields may be
 * added; the meaning of one never changes.
 */
export type RunEvent = Stamp & EventBody;

export interface Stamp {
  readonly runId: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** RFC 3339 with milliseconds, the controller's clock. */
  readonly at: string;
}

export type EventBody =
  | RunStarted
  | RunResumed
  | HostConnected
  | HostUnreachable
  | HostWaiting
  | PhaseStarted
  | StepStarted
  | StepIntended
  | StepAwaited
  | StepSettled
  | Evidence
  | StepEnded
  | FindingsEvaluated
  | PlanMade
  | Approved
  | LockTaken
  | AttemptBegun
  | BatchStarted
  | LimitReached
  | ProofRound
  | HostFinished
  | RunInterrupted
  | RunFinished;

/** `exec`: one command, without a runbook. */
export type RunMode = 'run' | 'plan' | 'exec';

/** The files were checked and the hosts chosen; nothing has been contacted. */
export interface RunStarted {
  readonly type: 'run-started';
  readonly mode: RunMode;
  /** `exec` in an exec, whose command is in its steps. */
  readonly runbook: string;
  readonly runbookSha256: string;
  readonly hosts: readonly string[];
  /** Other hosts that steps may be delegated to: they are connected, and have no outcome. Absent: none. */
  readonly delegates?: readonly string[];
  /** Absent in records from before it was kept. */
  readonly selection?: RunSelection;
  /** Id of the run that made the plan which this one is to carry out. */
  readonly plan?: string;
  readonly startedBy: StartedBy;
  /** Limits that a person set aside. */
  readonly overrides?: Overrides;
  /** Absent in records from before it was kept. */
  readonly process?: ProcessId;
  readonly version: string;
}

/** Another process goes on with the run: what follows is of its session. */
export interface RunResumed {
  readonly type: 'run-resumed';
  /** From 2: the process that started the run had the first. */
  readonly session: number;
  /** `rollback`: only to undo what was changed. */
  readonly how: 'resume' | 'rollback';
  /** Those it goes on with; the others have ended. */
  readonly hosts: readonly string[];
  readonly startedBy: StartedBy;
  readonly process: ProcessId;
  readonly version: string;
}

/** A process of this or another machine: a pid alone is given away again. */
export interface ProcessId {
  readonly machine: string;
  readonly pid: number;
  /** As `/proc/PID/stat` has it: clock ticks since boot. Empty where there is no /proc. */
  readonly startTime: string;
  readonly bootId: string;
}

/** Limits that only a person may set aside, on the command line of this very run. */
export interface Overrides {
  /** Instead of the runbook's `brake`. */
  readonly brakePercent?: number;
  /** Why neither `cooldown` nor `attempts` hold. */
  readonly ignoreCooldown?: string;
}

/** Who and why. */
export interface StartedBy {
  readonly user: string;
  readonly loginUser: string;
  readonly machine: string;
  readonly reason: string;
  readonly trigger: Trigger;
  /** A schedule of mode `shadow` made this plan: to be looked at in the report, not to be carried out. */
  readonly shadow?: true;
}

export interface HostConnected {
  readonly type: 'host-connected';
  readonly host: string;
  /** What carries the connection, and why, when that was not the inventory's choice. */
  readonly chosen?: string;
  /** Host keys that were unknown and are believed from now on, in words: its own, and those of jump hosts. */
  readonly learned?: readonly string[];
  readonly facts: HostFacts;
}

export interface HostUnreachable {
  readonly type: 'host-unreachable';
  readonly host: string;
  readonly error: ErrorInfo;
}

/** Nothing goes on there until the connection that broke is made again, or the lock that another run has is free. */
export interface HostWaiting {
  readonly type: 'host-waiting';
  readonly host: string;
  readonly what: 'connection' | 'lock';
  /** What is in the way, in words. */
  readonly reason: string;
  /** For how long at most, in milliseconds. */
  readonly forMs: number;
}

export interface PhaseStarted {
  readonly type: 'phase-started';
  readonly host: string;
  readonly phase: PhaseName | 'retest' | 'proof';
}

export interface FindingsEvaluated {
  readonly type: 'findings-evaluated';
  readonly host: string;
  /** As `machineOf` says. Absent in records from before it was kept. */
  readonly machine?: string;
  readonly moment: 'survey' | 'retest' | 'proof';
  readonly applies: boolean | 'undetermined';
  readonly findings: readonly FindingReport[];
}

export interface PlanMade {
  readonly type: 'plan-made';
  readonly plan: Plan;
}

export interface Approved {
  readonly type: 'approved';
  readonly planSha256: string;
  readonly by: string;
  /** `plan`: the plan was made before, and naming it was the approval. */
  readonly how: 'yes-option' | 'answer' | 'plan';
  /** Id of the run that made that plan; only with `plan`. */
  readonly plan?: string;
  /** Only these hosts were approved; absent: all that the plan would act on. */
  readonly hosts?: readonly string[];
}

export interface LockTaken {
  readonly type: 'lock-taken';
  readonly host: string;
  readonly incarnation: string;
  /** Of the connection that holds it: see `LockNote`. Absent in records from before it was kept. */
  readonly epoch?: number;
  /** By a directory, for want of a lock of the kernel's. */
  readonly lease?: boolean;
}

/** The first change on a host is about to be sent: counts for cooldown and attempts. */
export interface AttemptBegun {
  readonly type: 'attempt-begun';
  readonly host: string;
  /** Identity of the machine, whatever it is called: see `machineOf`. */
  readonly machine: string;
  /** Findings that the fix serves. */
  readonly findings: readonly string[];
}

export interface BatchStarted {
  readonly type: 'batch-started';
  /** From 1. Hosts start alone until one was changed: the canary. */
  readonly batch: number;
  readonly batches: number;
  readonly hosts: readonly string[];
}

/** No new host is started from now on; with `keep`, none of its group. Only where there was one to start. */
export interface LimitReached {
  readonly type: 'limit-reached';
  readonly limit: 'max_failures' | 'keep' | 'run_timeout' | 'brake' | 'max_unreachable';
  readonly reason: string;
  /** The next thing to do. */
  readonly hint?: string;
}

/** One round of verify ended. */
export interface ProofRound {
  readonly type: 'proof-round';
  readonly host: string;
  readonly round: number;
  readonly passed: boolean;
  /** Milliseconds for which all rounds have passed. */
  readonly heldMs: number;
  readonly soakMs: number;
  readonly failures: readonly string[];
}

export interface HostFinished {
  readonly type: 'host-finished';
  readonly host: string;
  readonly outcome: Outcome;
  /** One line: why this outcome. */
  readonly reason: string;
  readonly error?: ErrorInfo;
  /** Findings as last evaluated. */
  readonly findings: readonly FindingReport[];
  /** Steps that ended `changed`. */
  readonly changes: number;
  /** The run was interrupted in the middle of the work here: its attempt has no end, and starts no cooldown. */
  readonly interrupted?: true;
}

export interface RunInterrupted {
  readonly type: 'run-interrupted';
  readonly signal: string;
}

/** All hosts have ended. Nothing follows, unless another process goes on with the run. */
export interface RunFinished {
  readonly type: 'run-finished';
  readonly exitCode: number;
  readonly durationMs: number;
  /** By outcome; they add up to the hosts selected. */
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  readonly hosts: Readonly<
    Record<string, { readonly outcome: Outcome; readonly reason: string; readonly changes: number }>
  >;
}
