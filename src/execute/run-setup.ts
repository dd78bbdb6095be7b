import type { Action, Risk } from '../model/action.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Clock } from '../model/clock.ts';
import type { Overrides, ProcessId, RunMode, StartedBy } from '../model/event.ts';
import type { BoundHost, Host } from '../model/host.ts';
import type { Plan } from '../model/plan.ts';
import type { SitePolicy } from '../model/policy.ts';
import type { Runbook } from '../model/runbook.ts';
import type { RunSelection } from '../model/selection.ts';
import type { Journal } from '../model/store.ts';
import type { Transport } from '../model/transport.ts';
import type { Recorder } from './record/recorder.ts';

/** What a run is given: what to do and where, and all of the world that it may touch. */
export interface RunSetup {
  readonly runId: string;
  readonly mode: RunMode;
  /** Which process of the run this is, from 1: each that resumes it has the next one. */
  readonly session?: number;
  /** Number of the last event of the session before. */
  readonly lastSeq?: number;
  readonly runbook: Runbook;
  readonly hosts: readonly BoundHost[];
  /** Hosts to which steps may be delegated and that are no hosts of the run; absent: none. */
  readonly delegates?: readonly BoundHost[];
  /** For the record. */
  readonly selection?: RunSelection;
  /** A plan that was approved before: what is found now may only shrink it. */
  readonly approved?: Plan;
  /** Fix steps beyond it are never sent; absent: every risk is allowed. */
  readonly maxRisk?: Risk;
  /** What the rules of the site allow, asked again right before a host is begun. Absent: there are none. */
  readonly policy?: SitePolicy;
  /** By name: built-in undos name theirs. */
  readonly actions: ReadonlyMap<string, Action>;
  transportOf(host: Host): Transport;
  readonly journal: Journal;
  /** What this runbook tried on these machines so far; none when a person sets it aside. */
  readonly attempts: (machines: readonly string[]) => readonly Attempt[];
  readonly clock: Clock;
  /** Hosts that are worked on at once. */
  readonly forks: number;
  readonly connectTimeoutMs: number;
  /** For how long a host is asked again whose lock another run has; absent: not at all. */
  readonly lockWaitMs?: number;
  readonly startedBy: StartedBy;
  /** Ours, for the record. Absent where no other process may ever ask for it. */
  readonly process?: ProcessId;
  /** For the record. */
  readonly overrides: Overrides;
  /** Of this program, for the record. */
  readonly version: string;
  /**
   * Nothing new is started: running steps finish, hosts in the middle end as they are, nothing is undone. The reason it is
   * aborted with is the signal's name, `SIGINT`, `SIGTERM` or `SIGHUP`.
   */
  readonly stop: AbortSignal;
  /** Running steps are ended too; what cannot be proven ended leaves its host `unknown`. Aborted only after `stop`. */
  readonly kill: AbortSignal;
}

/** With the record of the run, which is the same for all that is done on its hosts. */
export interface RecordedRun extends RunSetup {
  readonly recorder: Recorder;
}
