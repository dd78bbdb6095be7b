import type { Outcome } from '../../model/result.ts';
import { planOf } from '../approved-plan.ts';
import type { PastHost } from './past-host.ts';
import { isUnclear, type PastItem } from './past-item.ts';
import type { PastRun } from './past-run.ts';

/**
 * Pure: the hosts that a resumed run goes on with, in its order; the others keep their end. Once a rollback was asked for, none is begun
 * any more.
 */
export function hostsToResume({ hosts, plan, approved, wasTakenBack }: PastRun): readonly PastHost[] {
  if (plan === undefined || approved === undefined || plan.stop !== undefined) return [];
  return [...hosts.values()].filter((host) => {
    if (wasTakenBack && !host.isChanged) return false;
    if (host.end === undefined) return true;
    if (planOf(plan, host.name).outcome !== 'needs-fix') return false;
    return host.end.interrupted === true || IN_THE_MIDDLE.has(host.end.outcome);
  });
}

/** Pure: the hosts on which something is left that the run changed, or may have changed. */
export function hostsToRollBack({ hosts }: PastRun): readonly PastHost[] {
  return [...hosts.values()].filter(({ end, fix }) => end?.outcome !== 'rolled-back' && fix.some(mayHaveChanged));
}

/** A limit, or nobody's knowing, ended them. */
const IN_THE_MIDDLE = new Set<Outcome>(['unknown', 'not-started']);

function mayHaveChanged({ attempts }: PastItem): boolean {
  return attempts.some((attempt) => {
    const { intent, end } = attempt;
    if (intent === undefined) return false;
    return isUnclear(attempt) || end?.status === 'changed' || (end?.status === 'failed' && end.notStarted !== true);
  });
}
