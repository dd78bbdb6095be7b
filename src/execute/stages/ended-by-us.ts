import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { HostRun } from '../host-run.ts';
import type { Renewal } from './renew.ts';

/**
 * Pure: an interrupt of a former session ended it in the middle. It has not failed by itself, and is not sent a second time: what is found
 * now decides how its host goes on.
 */
export function wasEndedByUs({ status, reason }: StepResult): boolean {
  return status === 'failed' && reason === 'cancelled';
}

/** Diagnoses the host anew after such a step, where the record does not go on with another one, and says what that found. */
export async function lookAfter(
  host: HostRun,
  step: Step,
  result: StepResult,
  { renewal }: { readonly renewal: Renewal },
): Promise<StepResult> {
  if (isDecided(host)) return result;
  const end = await renewal.within(step);
  const left = stillThere(host, step);
  if (end !== undefined || left.length === 0) return result;
  return { ...result, error: `${result.error}; it is not sent again, and is still needed: ${left.join(', ')}` };
}

/** Pure: its host goes on without it: what it was sent for is gone, or a former session has found so. */
export function isWithoutIt(host: HostRun, step: Step): boolean {
  return isDecided(host) || stillThere(host, step).length === 0;
}

/** What followed such a step in a former session tells how that decided. */
const isDecided = ({ past }: HostRun): boolean => past?.goesBack === true || past?.fix.next !== undefined;

/** What cannot be determined counts. */
function stillThere({ reports }: HostRun, step: Step): readonly string[] {
  return step.for.flatMap((name) => {
    const state = reports.find((report) => report.name === name)?.state ?? 'undetermined';
    return state === 'absent' ? [] : [state === 'present' ? name : `${name} (cannot be determined)`];
  });
}
