import type { UndoStep } from '../../model/action.ts';
import { constant, constantText } from '../../model/constant.ts';
import type { Step } from '../../model/runbook.ts';
import type { HostRun } from '../host-run.ts';
import type { SentStep } from '../steps/sent-step.ts';
import { runBack, type RanBack } from './run-back.ts';

const BUILTIN_TIMEOUT_MS = 5 * 60_000;

/** Runs what an action said would undo it, in that order, each as a changing step with a claim and an intent of its own. */
export async function undoBuiltin(
  host: HostRun,
  sent: SentStep,
  undos: readonly UndoStep[],
): Promise<readonly RanBack[]> {
  const steps = undos.map((undo, index) => {
    const id = `${sent.step.id}.undo${undos.length === 1 ? '' : `[${index}]`}`;
    return stepOf(host, sent, id, undo);
  });
  return runBack(host, steps, sent.scope);
}

/** Runs the steps that the runbook declares as the undo, each with its own results known to those after it. */
export async function undoDeclared(host: HostRun, sent: SentStep, steps: readonly Step[]): Promise<readonly RanBack[]> {
  const scope = { ...sent.scope, result: sent.ended.result };
  return runBack(host, steps, scope, sent.captured);
}

function stepOf(host: HostRun, sent: SentStep, id: string, undo: UndoStep): Step {
  const action = host.run.actions.get(undo.action);
  if (action === undefined) throw new Error(`${sent.step.id} names ${undo.action} as its undo, which is no action`);
  return {
    id,
    phase: 'rollback',
    name: constantText(`Undo: ${sent.step.name.render(sent.scope)}`),
    action,
    params: constant(undo.params, sent.step.at),
    for: [],
    when: [],
    groupLoops: [],
    expect: [],
    timeoutMs: constant(BUILTIN_TIMEOUT_MS, sent.step.at),
    become: sent.step.become,
    ...(sent.on !== undefined && { delegate: constant(sent.on, sent.step.at) }),
    onFailure: 'continue',
    retest: false,
    undo: { kind: 'none', reason: constantText('it is an undo itself') },
    effect: 'changes',
    idempotent: action.idempotent,
    risk: action.risk,
    noLog: sent.step.noLog,
    tags: [],
    at: sent.step.at,
  };
}
