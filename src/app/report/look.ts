import type { FinishedRun, FoundFinding, HostRecord } from '../../model/finished-run.ts';
import type { Outcome } from '../../model/result.ts';

/** What one diagnosis told of one machine, or that it could tell nothing. */
export interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly run: LookingRun;
  /** `unclear`: nothing is known of what was not found. `nothing-applies`: the runbook does not apply there. */
  readonly rest: 'absent' | 'unclear' | 'nothing-applies';
  readonly found: readonly FoundFinding[];
}

/** Of a run, what its looks share. */
export interface LookingRun {
  readonly runId: string;
  readonly runbookSha256: string;
  readonly kind: 'run' | 'plan' | 'shadow';
  readonly isScheduled: boolean;
}

export type SeenState = 'present' | 'absent' | 'unclear' | 'not-applicable';

export function lookingRun({ runId, started: { mode, runbookSha256, startedBy } }: FinishedRun): LookingRun {
  const kind = startedBy.shadow === true ? 'shadow' : mode === 'plan' ? 'plan' : 'run';
  return { runId, runbookSha256, kind, isScheduled: startedBy.trigger === 'schedule' };
}

/** Pure: what the look tells of one finding. */
export function stateIn({ found, rest }: Look, finding: string): SeenState {
  const one = found.find(({ name }) => name === finding);
  if (one !== undefined) return one.state === 'present' ? 'present' : 'unclear';
  return rest === 'nothing-applies' ? 'not-applicable' : rest;
}

/** Pure: its first diagnosis and its last, in the order in which they were made whatever the clock says. */
export function looksAt(record: HostRecord, run: LookingRun): readonly Look[] {
  const { survey, last, outcome } = record;
  if (survey === undefined) {
    return [{ at: Date.parse(record.endedAt), run, rest: 'unclear', found: [] }];
  }
  const at = Date.parse(survey.at);
  const first: Look = { at, run, rest: restOf(record, survey.findings), found: survey.findings };
  if (last === undefined) return [first];
  const second: Look = {
    at: Math.max(at, Date.parse(last.at)),
    run,
    rest: WAS_UNDONE.has(outcome) ? 'unclear' : restOf(record, last.findings),
    found: last.findings,
  };
  return [first, second];
}

/** What was undone after the last diagnosis may have come back. */
const WAS_UNDONE: ReadonlySet<Outcome> = new Set<Outcome>(['rolled-back', 'rollback-failed']);

/** Nothing found may also mean that it is not known whether the runbook applies: then the host did not end well. */
function restOf({ outcome }: HostRecord, found: readonly FoundFinding[]): Look['rest'] {
  if (found.length > 0 || outcome === 'healthy' || outcome === 'repaired') return 'absent';
  return outcome === 'not-applicable' ? 'nothing-applies' : 'unclear';
}
