import { isDeepStrictEqual } from 'node:util';
import { unreachable } from '../../util/unreachable.ts';
import { isBeyond, type PreparedChange } from '../../model/action.ts';
import { delegateOf, expandStep, type ComposedStep, type ExpandedItem } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import { leaveLoops } from '../../model/loops.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { whyNeedless } from '../../model/verdict.ts';
import { isPlanned, isPlannedChange, type Binding } from './binding.ts';
import { fixInterrupted, fixLost, type FixEnd } from './fix-end.ts';
import { followItem, whatIsLeft } from './fix-past.ts';
import type { HostRun } from '../host-run.ts';
import { inTurn, type After } from '../steps/in-turn.ts';
import { combine, loopResult } from '../steps/loop-result.ts';
import { onceInRun, type CarriedOut } from '../steps/once.ts';
import type { StepEnd } from '../steps/judge.ts';
import { wasSent } from '../steps/sent-step.ts';
import { changeStep, endUnsent, readStep } from '../steps/step.ts';
import { onOf } from '../steps/step-events.ts';
import type { Once } from '../onces.ts';
import { Renewal } from './renew.ts';
import { TurnsHeld } from './turns-held.ts';

/** Sends the fix steps in the file's order, one at a time, after a re-test that found something to fix. */
export async function fix(host: HostRun, binding: Binding | undefined): Promise<FixEnd> {
  const { run } = host;
  run.recorder.note({ type: 'phase-started', host: host.name, phase: 'fix' });
  const renewal = new Renewal(host, binding);
  const turns = new TurnsHeld(host);
  try {
    return await fixInTurn(host, binding, renewal, turns);
  } finally {
    turns.leave();
  }
}

async function fixInTurn(
  host: HostRun,
  binding: Binding | undefined,
  renewal: Renewal,
  turns: TurnsHeld,
): Promise<FixEnd> {
  const { run } = host;
  const end = await inTurn<FixEnd>(run.runbook.fix, {
    scope: () => host.scope(),
    before: async (step, scope) => {
      // What a former session did needs no turn, and no leave to go on.
      if (host.past?.fix.next !== undefined) return renewal.before(step);
      if (servedBy(host, step).length > 0) await turns.takeFor(step, scope);
      else turns.leave();
      return run.stop.aborted ? fixInterrupted(host) : renewal.before(step);
    },
    needless: (step) => {
      const why = whyNeedless(step, (name) => isServed(host, step, name));
      return why === undefined ? undefined : skipped(why);
    },
    listOf: ({ list }, scope) => list.evaluate(scope),
    send: (step, scope) => fixStep(host, step, scope, { binding, renewal }),
    unsent: (step, scope, result) => endUnsent(host, step, 'fix', scope, result),
    know: ({ id }, result) => {
      host.steps = new Map([...host.steps, [id, result]]);
    },
    after: (step, result) => (renewal.end === undefined ? after(host, step, result) : { end: renewal.end }),
  });
  if (end?.end !== 'interrupted') {
    const left = whatIsLeft(host);
    if (left !== undefined) return left;
  }
  if (end !== undefined) return end;
  if (host.treated.size > 0) return { end: 'done', reason: '' };
  return { end: 'nothing-ran', reason: 'no fix step applies' };
}

interface Basis {
  readonly binding: Binding | undefined;
  readonly renewal: Renewal;
  /** Attempts of a former session at the item. */
  readonly former?: readonly StepEnd[];
}

async function fixStep(host: HostRun, step: Step, scope: Scope, basis: Basis): Promise<StepResult> {
  const expanded = expandStep(step, scope);
  if (!expanded.ok) return endUnsent(host, step, 'fix', scope, { status: 'failed', ...expanded.error });
  const { items, looped } = expanded.value;
  const results: StepResult[] = [];
  const { renewals } = basis.renewal;
  for (const item of items) {
    if (results.length > 0 && host.run.stop.aborted) break;
    const isAsBefore = (): boolean => basis.renewal.renewals === renewals;
    const result = await (host.past === undefined ? fixItemLive : fixItemAfter)(host, step, item, basis, isAsBefore);
    results.push(result);
    if (result.status === 'failed' || result.status === 'unknown') break;
  }
  if (items.length === 0) return endUnsent(host, step, 'fix', scope, loopResult([]));
  return combine(looped, results);
}

type FixItem = (
  host: HostRun,
  step: Step,
  item: ExpandedItem,
  basis: Basis,
  isAsBefore: () => boolean,
) => Promise<StepResult>;

const fixItemLive: FixItem = (host, step, item, basis, isAsBefore) =>
  (isAsBefore() ? fixItem : fixItemAsNow)(host, step, item, basis);

/** The same on a host on which a former session of the run has sent something. */
const fixItemAfter: FixItem = async (host, step, item, basis, isAsBefore) => {
  const next = host.past?.fix.next;
  if (next === undefined) {
    if (host.past?.goesBack === true) return { status: 'failed', reason: 'condition', error: host.past.why };
    return (host.watch.paused() ? fixItemAnew : isAsBefore() ? fixItem : fixItemAsNow)(host, step, item, basis);
  }
  basis.renewal.recall();
  const wasTreated = next.attempts.length > 0 || next.unsent?.onceBy !== undefined;
  const followed = await followItem(host, step, isAsBefore() ? item : (itemAsNow(host, step, item) ?? item));
  if (wasTreated) for (const name of servedBy(host, step)) host.treated.add(name);
  if ('result' in followed) return followed.result;
  const { open } = followed;
  const sent = host.sent.length;
  const result = await fixItemAnew(host, step, item, { ...basis, former: open.attempts });
  if (host.sent.length === sent && wasSent(open)) host.sent.push(open);
  return result;
};

function servedBy(host: HostRun, step: Step): readonly string[] {
  return step.for.filter((name) => isServed(host, step, name));
}

/**
 * A repair that was begun is carried through: the first step may have removed the symptom, the restart must still happen. Only
 * a step with a re-test of its own asks for the finding itself.
 */
function isServed(host: HostRun, step: Step, finding: string): boolean {
  if (host.findings.get(finding)?.present === true) return true;
  return step.retest === false && host.treated.has(finding);
}

async function fixItem(host: HostRun, step: Step, item: ExpandedItem, basis: Basis): Promise<StepResult> {
  const { decision, scope } = item;
  switch (decision.kind) {
    case 'skip':
      return endUnsent(host, step, 'fix', scope, skipped(decision.why));
    case 'fail':
      return endUnsent(host, step, 'fix', scope, { status: 'failed', ...decision.problem });
    case 'send': {
      host.run.recorder.check();
      const former = { fixStarted: host.fixStarted, treated: [...host.treated] };
      host.fixStarted ??= host.run.clock.monotonic();
      for (const name of servedBy(host, step)) host.treated.add(name);
      const { binding } = basis;
      const carryOut = (once?: Once): Promise<CarriedOut> =>
        sendItem(host, step, { scope, composed: decision.composed, binding, once, former: basis.former });
      const result = step.once === true ? await onceInRun(host, step, scope, carryOut) : await alone(carryOut);
      if (result !== 'outdated') return result;
      host.fixStarted = former.fixStarted;
      for (const name of [...host.treated].filter((one) => !former.treated.includes(one))) host.treated.delete(name);
      return fixItemAnew(host, step, item, basis);
    }
    default:
      return unreachable(decision);
  }
}

async function alone(carryOut: () => Promise<CarriedOut>): Promise<StepResult | 'outdated'> {
  const { result, outdated } = await carryOut();
  return outdated === true ? 'outdated' : result;
}

async function fixItemAnew(host: HostRun, step: Step, item: ExpandedItem, basis: Basis): Promise<StepResult> {
  const end = await basis.renewal.within(step);
  if (end === undefined) return fixItemAsNow(host, step, item, basis);
  const reason = host.run.stop.aborted ? 'cancelled' : host.isLost ? 'lost' : 'condition';
  return endUnsent(host, step, 'fix', item.scope, { status: 'failed', reason, error: end.reason });
}

/** The same item after a re-test within the step, when it is still there and still needed. */
async function fixItemAsNow(
  host: HostRun,
  step: Step,
  { scope: before }: ExpandedItem,
  basis: Basis,
): Promise<StepResult> {
  const scope = { ...before, ...host.scope() };
  const why = whyNeedless(step, (name) => isServed(host, step, name));
  if (why !== undefined) return endUnsent(host, step, 'fix', scope, skipped(why));
  const expanded = expandStep(step, step.loop === undefined ? scope : leaveLoops(scope, 1));
  if (!expanded.ok) return endUnsent(host, step, 'fix', scope, { status: 'failed', ...expanded.error });
  const anew = sameItem(expanded.value.items, before);
  return anew === undefined
    ? endUnsent(host, step, 'fix', scope, skipped(ITEM_GONE))
    : fixItem(host, step, anew, basis);
}

/** What the item is when its step is expanded now; undefined: gone. */
function itemAsNow(host: HostRun, step: Step, { scope: before }: ExpandedItem): ExpandedItem | undefined {
  const scope = { ...before, ...host.scope() };
  const expanded = expandStep(step, step.loop === undefined ? scope : leaveLoops(scope, 1));
  return expanded.ok ? sameItem(expanded.value.items, before) : undefined;
}

function sameItem(items: readonly ExpandedItem[], { item: before }: Scope): ExpandedItem | undefined {
  return items.find(({ scope }) => isDeepStrictEqual(scope.item, before));
}

interface ItemToSend {
  readonly former: readonly StepEnd[] | undefined;
  readonly scope: Scope;
  readonly composed: ComposedStep;
  readonly binding: Binding | undefined;
  readonly once: Once | undefined;
}

async function sendItem(
  host: HostRun,
  step: Step,
  { scope, composed, binding, once, former }: ItemToSend,
): Promise<CarriedOut> {
  if (step.effect === 'reads') {
    const { result, notStarted } = await readStep(host, step, 'fix', scope, composed);
    return { result, notStarted };
  }
  const objection = (change?: PreparedChange): string | undefined =>
    whyNotAllowed(host, step, binding, composed, change);
  const sent = await changeStep(host, step, 'fix', scope, composed, objection, former);
  if (wasSent(sent)) host.sent.push(once === undefined ? sent : { ...sent, once });
  const outdated = sent.ended.unsent === true && !host.at(composed).isLost;
  return { result: sent.ended.result, notStarted: !wasSent(sent), outdated };
}

/** What was allowed and approved holds for good; what would be sent may differ from it after a re-test or a pause. */
function whyNotAllowed(
  { run, mostRisk }: HostRun,
  step: Step,
  binding: Binding | undefined,
  composed: ComposedStep,
  change: PreparedChange | undefined,
): string | undefined {
  const { maxRisk } = run;
  if (maxRisk !== undefined && isBeyond(step.risk, maxRisk)) {
    return `its risk is ${step.risk}, beyond --max-risk ${maxRisk}: not sent`;
  }
  if (mostRisk !== undefined && isBeyond(step.risk, mostRisk.risk)) {
    const { name, at } = mostRisk.rule;
    return `its risk is ${step.risk}, beyond max_risk ${mostRisk.risk} of the rule ${JSON.stringify(name)} (${at.file}:${at.start.line}): not sent`;
  }
  if (binding === undefined) return undefined;
  const planned =
    change === undefined
      ? isPlanned(binding, step, composed)
      : isPlannedChange(binding, step, { ...change, ...onOf(composed) });
  return planned ? undefined : NOT_AS_PLANNED;
}

function after(host: HostRun, step: Step, result: StepResult): After<FixEnd> {
  const reason = `${nameOf(host, step)}: ${result.error}`;
  if (result.status === 'unknown') return { end: { end: 'unknown', reason } };
  if (result.reason === 'lost') return { end: fixLost(host, reason) };
  if (host.run.stop.aborted) return { end: fixInterrupted(host) };
  if (result.status !== 'failed') return 'go-on';
  return step.onFailure === 'stop' ? { end: { end: 'failed', reason } } : 'leave-loops';
}

/** Of a loop, that of the item that was sent last. With the delegate, as far as it can be told outside of loops. */
function nameOf(host: HostRun, step: Step): string {
  const last = host.sent.at(-1);
  if (last?.step === step) return last.name;
  const scope = host.scope();
  const delegate = delegateOf(step, scope);
  const name = step.name.render(scope);
  return delegate.ok && delegate.value !== undefined ? `${name} on ${delegate.value}` : name;
}

const ITEM_GONE = 'its item was gone when it was to be carried out here';

const NOT_AS_PLANNED = 'what it changes is not as it was when the plan was made: nothing was sent';

function skipped(why: string): StepResult {
  return { status: 'skipped', reason: 'condition', error: why };
}
