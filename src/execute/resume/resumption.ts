import type { Attempt } from '../../model/attempt.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import type { PastHost } from './past-host.ts';
import type { PastRun } from './past-run.ts';

/** What another process is to do with a run that was cut short. */
export interface Resumption {
  readonly past: PastRun;
  readonly how: 'resume' | 'rollback';
  /** Those it goes on with: the others keep the end that they have. */
  readonly hosts: readonly PastHost[];
  /** Those of them to which there is no way any more, with why, by name. Absent: none. */
  readonly lacking?: ReadonlyMap<string, ErrorInfo>;
  /** What it was decided to do: batches and limits. */
  readonly plan: Plan;
  /** What was approved, and binds what is sent. */
  readonly approved: Plan;
  /** What other runs, of any runbook, have begun or ended on a machine since (RFC 3339), oldest first; as far as our store knows. */
  readonly attemptsOfOthers: (machine: string, since: string) => readonly Attempt[];
}
