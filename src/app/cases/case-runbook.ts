import type { Action } from '../../model/action.ts';
import type { Case } from '../../model/case.ts';
import { constant, constantText } from '../../model/constant.ts';
import type { Limits, Runbook, Step, Undo } from '../../model/runbook.ts';
import type { SourceRange } from '../../model/source.ts';

/**
 * Pure: the runbook as a case runs it. What limits keep from being done for the sake of other hosts or of other runs is not what a
 * case is about.
 */
export function caseRunbook(runbook: Runbook, one: Case, actions: ReadonlyMap<string, Action>): Runbook {
  const { keep: _ofOtherHosts, ...limits }: Limits = { ...runbook.limits, cooldownMs: 0 };
  const alone = { ...runbook, limits };
  return one.proofFails ? withFailingProof(alone, one.at, actions) : alone;
}

/** Verify is not waited for: its first round decides. */
function withFailingProof(runbook: Runbook, at: SourceRange, actions: ReadonlyMap<string, Action>): Runbook {
  const { verify } = runbook;
  const action = actions.get('assert');
  if (verify === undefined || action === undefined) throw new Error('a proof that fails needs verify, and assert');
  const step: Step = {
    id: FAILING_STEP,
    phase: 'verify',
    name: constantText('the proof of this case'),
    action,
    params: constant({ that: [false], message: 'it fails on purpose: proof: fails' }, at),
    for: [],
    when: [],
    groupLoops: [],
    expect: [],
    timeoutMs: constant(1000, at),
    become: runbook.become,
    onFailure: 'stop',
    retest: false,
    undo: { kind: 'none', reason: constantText('it changes nothing') },
    effect: 'reads',
    idempotent: true,
    risk: 'none',
    noLog: false,
    tags: [],
    at,
  };
  return { ...runbook, verify: { ...verify, within: constant(0, at), steps: [...verify.steps, step] } };
}

/** No author can write such an id. */
const FAILING_STEP = 'proof: fails';

/** Pure: the same with other actions of the same names. */
export function withActions(runbook: Runbook, other: (action: Action) => Action): Runbook {
  const known = new Map<Action, Action>();
  const change = (action: Action): Action => {
    const made = known.get(action) ?? other(action);
    known.set(action, made);
    return made;
  };
  const changeStep = (step: Step): Step => ({ ...step, action: change(step.action), undo: changeUndo(step.undo) });
  const changeUndo = (undo: Undo): Undo =>
    undo.kind === 'steps' ? { ...undo, steps: undo.steps.map(changeStep) } : undo;
  const { diagnose, fix, verify, rollback } = runbook;
  return {
    ...runbook,
    diagnose: diagnose.map(changeStep),
    fix: fix.map(changeStep),
    ...(verify !== undefined && { verify: { ...verify, steps: verify.steps.map(changeStep) } }),
    rollback: rollback.map(changeStep),
  };
}
