import type { Runbook, Step } from '../../model/runbook.ts';
import type { StepResult } from '../../model/result.ts';
import type { Onces } from '../onces.ts';
import type { PastHost } from './past-host.ts';
import { isUnclear, resultOf, type PastItem } from './past-item.ts';
import type { PastRun } from './past-run.ts';

/** What one host carried out for all others in a former session is not carried out again, and is kept as long as they need it. */
export function restoreOnces(onces: Onces, { fix }: Runbook, { hosts }: PastRun): void {
  const once = new Map(fix.filter((step) => step.once === true).map((step) => [step.id, step]));
  for (const host of hosts.values()) {
    for (const item of host.fix) {
      const step = once.get(item.step);
      if (step !== undefined) restore(onces, step, host, item);
    }
  }
  for (const { name, end } of hosts.values()) if (end?.outcome === 'rolled-back') onces.leaveAll(name);
}

function restore(onces: Onces, step: Step, host: PastHost, item: PastItem): void {
  const told = item.unsent ?? item.attempts.map(({ intent, end }) => end ?? intent).at(-1);
  if (told === undefined) return;
  const key = JSON.stringify(told.items === undefined ? [step.id, null] : [step.id, ...told.items]);
  if (item.unsent !== undefined) {
    const { onceBy, status } = item.unsent;
    if (onceBy !== undefined && status !== 'failed') onces.recall(key, onceBy).use(host.name);
    return;
  }
  const carriedOut = onces.recall(key, host.name);
  const ended = endOf(item);
  if (ended !== undefined) carriedOut.end(ended);
  if (wasUndone(step, host, item)) carriedOut.wasTakenBack();
}

/** Undefined: it is for its host to come to its end. */
function endOf({ attempts }: PastItem): StepResult | undefined {
  const last = attempts.at(-1);
  if (last?.end === undefined || isUnclear(last) || last.end.again === true) return undefined;
  const result = resultOf(last.end);
  const changed = attempts.some(({ end }) => end?.changed === true || end?.status === 'changed');
  return result.status === 'ok' && changed ? { ...result, status: 'changed' } : result;
}

function wasUndone({ id, undo }: Step, { rollback }: PastHost, { lap }: PastItem): boolean {
  const declared = undo.kind === 'steps' ? undo.steps.map((step) => step.id) : [];
  return rollback.some(
    (item) =>
      item.attempts.length > 0 &&
      (declared.includes(item.step) ||
        ((item.step === `${id}.undo` || item.step.startsWith(`${id}.undo[`)) && item.lap === lap)),
  );
}
