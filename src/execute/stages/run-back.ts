import { expandStep, type ComposedStep, type ExpandedItem } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { ok } from '../../util/result.ts';
import type { HostRun } from '../host-run.ts';
import { inTurn, type After } from '../steps/in-turn.ts';
import { combine, loopResult } from '../steps/loop-result.ts';
import { skipped } from '../steps/skipped.ts';
import { onOf } from '../steps/step-events.ts';
import { changeStep, endUnsent, readStep, TOO_LATE } from '../steps/step.ts';
import type { CapturedUndo } from '../steps/undo-capture.ts';
import { followBack } from './rollback-past.ts';

/** How one item of a step ended. */
export interface RanBack {
  readonly step: Step;
  readonly name: string;
  /** The delegate that it was carried out on. */
  readonly on?: string;
  readonly result: StepResult;
}

/**
 * Runs the steps of an undo or of `rollback` in their order, each with its own results known to those after it; one that fails stops
 * none, unless it says so. Returns how each item ended, none after one that `endsRollback`.
 */
export async function runBack(
  host: HostRun,
  steps: readonly Step[],
  begin: Scope,
  captured?: CapturedUndo,
): Promise<readonly RanBack[]> {
  const ended: RanBack[] = [];
  const keep: Keep = (step, scope, result, composed = {}) => {
    const ran = { step, name: step.name.render(scope), result, ...onOf(composed) };
    ended.push(ran);
    return ran;
  };
  let known = begin;
  await inTurn<'ended'>(steps, {
    scope: () => known,
    before: () => Promise.resolve(undefined),
    needless: () => undefined,
    listOf: (loop, scope) => {
      const list = captured?.listOf(loop, scope);
      return list === undefined ? loop.list.evaluate(scope) : ok(list);
    },
    send: (step, scope) => sendAll(host, step, scope, captured, keep),
    unsent: async (step, scope, result) => {
      keep(step, scope, result);
      return endUnsent(host, step, 'rollback', scope, result);
    },
    know: ({ id }, result) => {
      known = { ...known, steps: new Map([...known.steps, [id, result]]) };
    },
    after: (step, result): After<'ended'> => {
      if (ended.some(endsRollback)) return { end: 'ended' };
      return result.status === 'failed' && step.onFailure === 'stop' ? { end: 'ended' } : 'go-on';
    },
  });
  return ended;
}

/** Nothing more can be done on the host. One that is only known to have gone wrong on a delegate keeps it from nothing. */
export function endsRollback(ran: Pick<RanBack, 'on' | 'result'>): boolean {
  return ran.on === undefined && isUnclear(ran.result);
}

/** It may or may not have run. */
export function isUnclear({ status, reason }: StepResult): boolean {
  return status === 'unknown' || reason === 'lost';
}

type Keep = (step: Step, scope: Scope, result: StepResult, composed?: Pick<ComposedStep, 'on'>) => RanBack;

async function sendAll(
  host: HostRun,
  step: Step,
  scope: Scope,
  captured: CapturedUndo | undefined,
  keep: Keep,
): Promise<StepResult> {
  const before = captured?.expanded(step, scope);
  const expanded = before === undefined ? expandStep(step, scope) : ok(before);
  if (!expanded.ok) {
    const result: StepResult = { status: 'failed', ...expanded.error };
    return keep(step, scope, await endUnsent(host, step, 'rollback', scope, result)).result;
  }
  const { items, looped } = expanded.value;
  if (items.length === 0) return endUnsent(host, step, 'rollback', scope, loopResult([]));
  const results: StepResult[] = [];
  for (const item of items) {
    const { decision } = item;
    const composed = decision.kind === 'send' ? decision.composed : {};
    const ran = keep(step, item.scope, await send(host, step, item), composed);
    results.push(ran.result);
    if (endsRollback(ran) || (ran.result.status === 'failed' && step.onFailure === 'stop')) break;
  }
  return combine(looped, results);
}

async function send(host: HostRun, step: Step, item: ExpandedItem): Promise<StepResult> {
  const followed = await followBack(host, step, item);
  if ('result' in followed) return followed.result;
  const { decision, scope } = item;
  if (host.run.stop.aborted) return endUnsent(host, step, 'rollback', scope, TOO_LATE.result);
  if (decision.kind === 'skip') return endUnsent(host, step, 'rollback', scope, skipped(decision.why));
  if (decision.kind === 'fail')
    return endUnsent(host, step, 'rollback', scope, { status: 'failed', ...decision.problem });
  host.run.recorder.check();
  if (step.effect === 'reads') return (await readStep(host, step, 'rollback', scope, decision.composed)).result;
  return (await changeStep(host, step, 'rollback', scope, decision.composed, undefined, followed.former)).ended.result;
}
