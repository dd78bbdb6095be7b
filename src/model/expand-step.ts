import type { JsonObject } from '../util/json.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { Action, ComposeContext } from './action.ts';
import type { EvaluationError, Scope } from './expression.ts';
import type { HostFacts } from './host.ts';
import { lapOf, lapsOf } from './loops.ts';
import type { StepReason } from './result.ts';
import type { GroupLoop, Step } from './runbook.ts';
import type { Script } from './script.ts';

/** A step with its expressions evaluated: one element for each item of its loop, or one. */
export interface ExpandedStep {
  readonly looped: boolean;
  readonly items: readonly ExpandedItem[];
}

export interface ExpandedItem {
  /** With `item` and `index` where there is a loop. */
  readonly scope: Scope;
  readonly decision: ItemDecision;
}

export type ItemDecision =
  | { readonly kind: 'send'; readonly composed: ComposedStep }
  | { readonly kind: 'skip'; readonly why: string }
  | { readonly kind: 'fail'; readonly problem: StepProblem };

/** What is sent, and what is needed to understand the answer. */
export interface ComposedStep {
  readonly params: JsonObject;
  readonly timeoutMs: number;
  /** Between two attempts of a step with `until`. */
  readonly delayMs?: number;
  readonly context: ComposeContext;
  /** The other host on which it is carried out. Absent: the host that the scope is of. */
  readonly on?: string;
  /** As `lapOf` says. */
  readonly lap: string;
  /** What is sent; of a prepared action its look. Absent for an action that looks from the controller. */
  readonly script?: Script;
}

/** Why a step cannot be sent. */
export interface StepProblem {
  readonly reason: Extract<StepReason, 'missing-input' | 'expression'>;
  readonly error: string;
}

/**
 * Pure: evaluates the step's own `loop`, `when`, params, `env` and `timeout`, and composes what would be sent. Nothing is sent.
 * `scope` is that of one item of the groups' loops around it.
 */
export function expandStep(step: Step, scope: Scope): Result<ExpandedStep, StepProblem> {
  return expand(step, ownLoop(step), scope);
}

/** Pure: the same for all items of the groups' loops around it, in the order in which they are carried out. */
export function expandEachLap(step: Step, scope: Scope): Result<ExpandedStep, StepProblem> {
  return expand(step, [...step.groupLoops, ...ownLoop(step)], scope);
}

function ownLoop({ loop }: Step): readonly Pick<GroupLoop, 'list'>[] {
  return loop === undefined ? [] : [{ list: loop }];
}

function expand(
  step: Step,
  loops: readonly Pick<GroupLoop, 'list'>[],
  scope: Scope,
): Result<ExpandedStep, StepProblem> {
  const laps = lapsOf(loops, scope);
  if (!laps.ok) return err(problemOf(laps.error));
  const items = laps.value.map((lap) => ({ scope: lap, decision: decideItem(step, lap) }));
  return ok({ looped: loops.length > 0, items });
}

function decideItem(step: Step, scope: Scope): ItemDecision {
  for (const condition of step.when) {
    const holds = condition.evaluate(scope);
    if (!holds.ok) return { kind: 'fail', problem: problemOf(holds.error) };
    if (!holds.value) return { kind: 'skip', why: `not needed: ${condition.explain(scope)}` };
  }
  const composed = compose(step, scope);
  return composed.ok ? { kind: 'send', composed: composed.value } : { kind: 'fail', problem: composed.error };
}

/** Pure: what is sent for one item. An action that throws on it is a failure of its step. */
export function compose(step: Step, around: Scope): Result<ComposedStep, StepProblem> {
  const site = siteOf(step, around);
  if (!site.ok) return site;
  const { on, facts, scope } = site.value;
  const params = step.params.evaluate(scope);
  if (!params.ok) return err(problemOf(params.error));
  const timeout = step.timeoutMs.evaluate(scope);
  if (!timeout.ok) return err(problemOf(timeout.error));
  const env = step.env?.evaluate(scope);
  if (env !== undefined && !env.ok) return err(problemOf(env.error));
  const delay = step.until?.delayMs.evaluate(scope);
  if (delay !== undefined && !delay.ok) return err(problemOf(delay.error));
  const context: ComposeContext = { host: facts, now: scope.time.now, judged: step.expect.length > 0 };
  const composed = {
    params: params.value,
    timeoutMs: timeout.value,
    ...(delay !== undefined && { delayMs: delay.value }),
    context,
    ...(on !== undefined && { on }),
    lap: lapOf(scope),
  };
  try {
    return ok({ ...composed, ...sent(step.action.work, composed, env?.value) });
  } catch (bug) {
    return err({ reason: 'expression', error: `${step.action.name} could not compose its command: ${String(bug)}` });
  }
}

/** Where a step is carried out, and what it is composed from there: times are those of that host's clock. */
interface Site {
  readonly on?: string;
  readonly facts: HostFacts;
  readonly scope: Scope;
}

function siteOf(step: Step, scope: Scope): Result<Site, StepProblem> {
  const name = delegateOf(step, scope);
  if (!name.ok) return err(problemOf(name.error));
  if (name.value === undefined) return ok({ facts: scope.host, scope });
  const delegate = scope.delegates?.get(name.value);
  if (delegate === undefined) {
    const error = `${name.value}, which it is delegated to, was not known before anything was contacted`;
    return err({ reason: 'expression', error });
  }
  return ok({ on: name.value, facts: delegate.facts, scope: { ...scope, time: delegate.time } });
}

/** Pure: the other host that a step is delegated to; undefined: none. */
export function delegateOf(
  { delegate }: Pick<Step, 'delegate'>,
  scope: Scope,
): Result<string | undefined, EvaluationError> {
  const name = delegate === undefined ? ok('') : delegate.evaluate(scope);
  if (!name.ok) return name;
  return ok(name.value === '' || name.value === scope.host.name ? undefined : name.value);
}

/** What of the composed step only the action knows. */
function sent(
  work: Action['work'],
  { params, context, timeoutMs }: ComposedStep,
  env: Script['env'],
): Pick<ComposedStep, 'script' | 'timeoutMs'> {
  if (work.kind === 'probe') return { timeoutMs: work.deadline?.(params as never) ?? timeoutMs };
  const script =
    work.kind === 'prepared' ? work.look(params as never, context) : work.compose(params as never, context);
  return { timeoutMs, script: env === undefined ? script : { ...script, env: { ...script.env, ...env } } };
}

/** Pure. */
export function problemOf(error: EvaluationError): StepProblem {
  return { reason: error.kind === 'missing' ? 'missing-input' : 'expression', error: error.message };
}
