import type { UndoStep } from '../../model/action.ts';
import { expandStep, type ExpandedStep } from '../../model/expand-step.ts';
import type { Expression, Scope, Text } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { ok } from '../../util/result.ts';
import type { HostRun } from '../host-run.ts';
import { combine } from '../steps/loop-result.ts';
import { changeStep, endUnsent, readStep } from '../steps/step.ts';
import type { SentStep } from '../steps/sent-step.ts';

const BUILTIN_TIMEOUT_MS = 5 * 60_000;

/** Runs what an action said would undo it, in that order, each as a changing step with a claim and an intent of its own. */
export async function undoBuiltin(
  host: HostRun,
  sent: SentStep,
  undos: readonly UndoStep[],
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const [index, undo] of undos.entries()) {
    const id = `${sent.step.id}.undo${undos.length === 1 ? '' : `[${index}]`}`;
    const step = stepOf(host, sent, id, undo);
    results.push(combine(false, await sendAll(host, step, sent.scope, expandStep(step, sent.scope))));
    if (results.some(endsRollback)) break;
  }
  return results;
}

function stepOf(host: HostRun, sent: SentStep, id: string, undo: UndoStep): Step {
  const action = host.run.actions.get(undo.action);
  if (action === undefined) throw new Error(`${sent.step.id} names ${undo.action} as its undo, which is no action`);
  const constant = <T>(value: T): Expression<T> => ({
    source: '',
    at: sent.step.at,
    references: { steps: [], findings: [] },
    evaluate: () => ok(value),
  });
  const constantText = (text: string): Text => ({
    source: text,
    references: { steps: [], findings: [] },
    render: () => text,
  });
  return {
    id,
    phase: 'rollback',
    name: constantText(`Undo: ${sent.name}`),
    action,
    params: constant(undo.params),
    for: [],
    when: [],
    groupLoops: [],
    expect: [],
    timeoutMs: constant(BUILTIN_TIMEOUT_MS),
    become: sent.step.become,
    onFailure: 'continue',
    retest: false,
    undo: { kind: 'none', reason: constantText('it is an undo itself') },
    effect: 'changes',
    idempotent: action.idempotent,
    risk: action.risk,
    noLog: sent.step.noLog,
    at: sent.step.at,
  };
}

/** Runs the steps that the runbook declares as the undo, each with its own results known to those after it. */
export async function undoDeclared(
  host: HostRun,
  sent: SentStep,
  steps: readonly Step[],
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  let scope: Scope = { ...sent.scope, result: sent.ended.result };
  for (const step of steps) {
    const known = sent.captured.get(step.id);
    const expanded = known === undefined ? expandStep(step, scope) : ok(known);
    const ended = await sendAll(host, step, scope, expanded);
    results.push(...ended);
    const result = combine(expanded.ok && expanded.value.looped, ended);
    scope = { ...scope, steps: new Map([...scope.steps, [step.id, result]]) };
    if (ended.some(endsRollback)) break;
  }
  return results;
}

/** Nothing more can be done on the host. */
export function endsRollback(result: StepResult): boolean {
  return result.status === 'unknown' || result.reason === 'lost';
}

async function sendAll(
  host: HostRun,
  step: Step,
  scope: Scope,
  expanded: ReturnType<typeof expandStep>,
): Promise<readonly StepResult[]> {
  if (!expanded.ok) return [await endUnsent(host, step, 'rollback', scope, { status: 'failed', ...expanded.error })];
  const results: StepResult[] = [];
  for (const item of expanded.value.items) {
    results.push(await send(host, step, item));
    if (results.some(endsRollback)) break;
  }
  return results;
}

async function send(host: HostRun, step: Step, item: ExpandedStep['items'][number]): Promise<StepResult> {
  const { decision, scope } = item;
  if (host.run.stop.aborted) {
    const result = { status: 'failed', reason: 'cancelled', error: 'interrupted before it was sent' } as const;
    return endUnsent(host, step, 'rollback', scope, result);
  }
  if (decision.kind === 'skip') {
    return endUnsent(host, step, 'rollback', scope, { status: 'skipped', reason: 'condition', error: decision.why });
  }
  if (decision.kind === 'fail')
    return endUnsent(host, step, 'rollback', scope, { status: 'failed', ...decision.problem });
  host.run.recorder.check();
  if (step.effect === 'reads') return (await readStep(host, step, 'rollback', scope, decision.composed)).result;
  return (await changeStep(host, step, 'rollback', scope, decision.composed)).ended.result;
}
