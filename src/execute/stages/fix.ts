import { delegateOf, expandStep } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { HostRun } from '../host-run.ts';
import { nameOf } from '../steps/name-of.ts';
import { inTurn, type After } from '../steps/in-turn.ts';
import { combine, loopResult } from '../steps/loop-result.ts';
import { skipped } from '../steps/skipped.ts';
import { endUnsent } from '../steps/step.ts';
import type { Binding } from './binding.ts';
import { isWithoutIt, wasEndedByUs } from './ended-by-us.ts';
import { fixInterrupted, fixLost, type FixEnd } from './fix-end.ts';
import { fixItem, type Basis } from './fix-item.ts';
import { whatIsLeft } from './fix-past.ts';
import { Renewal } from './renew.ts';
import { servedBy, whyUnneeded } from './served.ts';
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
      const why = whyUnneeded(host, step);
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
  if (end?.end === 'interrupted') return end;
  const left = whatIsLeft(host) ?? end;
  if (left !== undefined) return left;
  if (host.treated.size > 0) return { end: 'done', reason: '' };
  return { end: 'nothing-ran', reason: 'no fix step applies' };
}

async function fixStep(
  host: HostRun,
  step: Step,
  scope: Scope,
  { binding, renewal }: Pick<Basis, 'binding' | 'renewal'>,
): Promise<StepResult> {
  const expanded = expandStep(step, scope);
  if (!expanded.ok) return endUnsent(host, step, 'fix', scope, { status: 'failed', ...expanded.error });
  const { items, looped } = expanded.value;
  const basis = { binding, renewal, renewals: renewal.renewals };
  const results: StepResult[] = [];
  for (const item of items) {
    if (results.length > 0 && host.run.stop.aborted) break;
    const result = await fixItem(host, step, item, basis);
    results.push(result);
    if (result.status === 'failed' || result.status === 'unknown') break;
  }
  if (items.length === 0) return endUnsent(host, step, 'fix', scope, loopResult([]));
  return combine(looped, results);
}

function after(host: HostRun, step: Step, result: StepResult): After<FixEnd> {
  const reason = `${nameInFix(host, step)}: ${result.error}`;
  if (result.status === 'unknown') return { end: { end: 'unknown', reason } };
  if (result.reason === 'lost') return { end: fixLost(host, reason) };
  if (host.run.stop.aborted) return { end: fixInterrupted(host) };
  if (result.status !== 'failed') return 'go-on';
  const goesOn = step.onFailure === 'continue' || (wasEndedByUs(result) && isWithoutIt(host, step));
  return !goesOn ? { end: { end: 'failed', reason } } : 'leave-loops';
}

/** Of a loop, that of the item that was sent last. With the delegate, as far as it can be told outside of loops. */
function nameInFix(host: HostRun, step: Step): string {
  const last = host.sent.at(-1);
  if (last?.step === step) return last.name;
  const scope = host.scope();
  const delegate = delegateOf(step, scope);
  const name = nameOf(step, scope);
  return delegate.ok && delegate.value !== undefined ? `${name} on ${delegate.value}` : name;
}
