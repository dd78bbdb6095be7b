import { isDeepStrictEqual } from 'node:util';
import { unreachable } from '../../util/unreachable.ts';
import { expandStep, type ExpandedItem, type StepProblem } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import { leaveLoops } from '../../model/loops.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { ok, type Result } from '../../util/result.ts';
import type { HostRun } from '../host-run.ts';
import type { Once } from '../onces.ts';
import type { PastItem } from '../resume/past-item.ts';
import type { StepEnd } from '../steps/judge.ts';
import { onceInRun, type CarriedOut } from '../steps/once.ts';
import { wasSent } from '../steps/sent-step.ts';
import { skipped } from '../steps/skipped.ts';
import { endUnsent } from '../steps/step.ts';
import type { Binding } from './binding.ts';
import { lookAfter, wasEndedByUs } from './ended-by-us.ts';
import { followItem } from './fix-past.ts';
import type { Renewal } from './renew.ts';
import { sendFix } from './send-fix.ts';
import { servedBy, whyUnneeded } from './served.ts';

/** What the items of a fix step are judged by. */
export interface Basis {
  readonly binding: Binding | undefined;
  readonly renewal: Renewal;
  /** `renewal.renewals` when the step was expanded: once it has risen, the items may be others. */
  readonly renewals: number;
  /** Attempts of a former session at the item. */
  readonly former?: readonly StepEnd[];
}

/** Carries out one item of a fix step: as a former session of the run did, as far as that came, and else anew. */
export async function fixItem(host: HostRun, step: Step, item: ExpandedItem, basis: Basis): Promise<StepResult> {
  const { past } = host;
  const recorded = past?.fix.next;
  if (recorded !== undefined) return fixRecordedItem(host, step, item, basis, recorded);
  if (past?.goesBack === true) return { status: 'failed', reason: 'condition', error: past.why };
  if (past !== undefined && host.watch.paused()) return fixAfterRetest(host, step, item, basis);
  return (hasRetested(basis) ? fixAsNow : carryOut)(host, step, item, basis);
}

/** Where the record leaves it open, it is sent (again) after a re-test. */
async function fixRecordedItem(
  host: HostRun,
  step: Step,
  item: ExpandedItem,
  basis: Basis,
  { attempts, unsent }: PastItem,
): Promise<StepResult> {
  basis.renewal.recall();
  const wasTreated = attempts.length > 0 || unsent?.onceBy !== undefined;
  const now = hasRetested(basis) ? itemAsNow(step, scopeNow(host, item)) : ok(item);
  const followed = await followItem(host, step, (now.ok ? now.value : undefined) ?? item);
  if (wasTreated) for (const name of servedBy(host, step)) host.treated.add(name);
  if ('result' in followed)
    return wasEndedByUs(followed.result) ? lookAfter(host, step, followed.result, basis) : followed.result;
  const { open } = followed;
  const sent = host.sent.length;
  const result = await fixAfterRetest(host, step, item, { ...basis, former: open.attempts });
  if (host.sent.length === sent && wasSent(open)) host.sent.push(open);
  return result;
}

async function fixAfterRetest(host: HostRun, step: Step, item: ExpandedItem, basis: Basis): Promise<StepResult> {
  const end = await basis.renewal.within(step);
  if (end === undefined) return fixAsNow(host, step, item, basis);
  const reason = host.run.stop.aborted ? 'cancelled' : host.isLost ? 'lost' : 'condition';
  return endUnsent(host, step, 'fix', item.scope, { status: 'failed', reason, error: end.reason });
}

/** Carries out the same item after a re-test within the step, when it is still there and still needed. */
async function fixAsNow(host: HostRun, step: Step, before: ExpandedItem, basis: Basis): Promise<StepResult> {
  const scope = scopeNow(host, before);
  const why = whyUnneeded(host, step);
  if (why !== undefined) return endUnsent(host, step, 'fix', scope, skipped(why));
  const item = itemAsNow(step, scope);
  if (!item.ok) return endUnsent(host, step, 'fix', scope, { status: 'failed', ...item.error });
  if (item.value === undefined) return endUnsent(host, step, 'fix', scope, skipped(ITEM_GONE));
  return carryOut(host, step, item.value, basis);
}

const ITEM_GONE = 'its item was gone when it was to be carried out here';

async function carryOut(host: HostRun, step: Step, item: ExpandedItem, basis: Basis): Promise<StepResult> {
  const { decision, scope } = item;
  switch (decision.kind) {
    case 'skip':
      return endUnsent(host, step, 'fix', scope, skipped(decision.why));
    case 'fail':
      return endUnsent(host, step, 'fix', scope, { status: 'failed', ...decision.problem });
    case 'send': {
      host.run.recorder.check();
      const before = { fixStarted: host.fixStarted, treated: [...host.treated] };
      host.fixStarted ??= host.run.clock.monotonic();
      for (const name of servedBy(host, step)) host.treated.add(name);
      const { binding, former } = basis;
      const send = (once?: Once): Promise<CarriedOut> =>
        sendFix(host, step, { scope, composed: decision.composed, binding, once, former });
      const result = step.once === true ? await onceInRun(host, step, scope, send) : await alone(send);
      if (result !== 'outdated') return result;
      host.fixStarted = before.fixStarted;
      for (const name of [...host.treated].filter((one) => !before.treated.includes(one))) host.treated.delete(name);
      return fixAfterRetest(host, step, item, basis);
    }
    default:
      return unreachable(decision);
  }
}

async function alone(send: () => Promise<CarriedOut>): Promise<StepResult | 'outdated'> {
  const { result, outdated } = await send();
  return outdated === true ? 'outdated' : result;
}

function scopeNow(host: HostRun, { scope }: ExpandedItem): Scope {
  return { ...scope, ...host.scope() };
}

/** The item of this scope when its step is expanded anew; undefined: it is gone. */
function itemAsNow(step: Step, scope: Scope): Result<ExpandedItem | undefined, StepProblem> {
  const expanded = expandStep(step, step.loop === undefined ? scope : leaveLoops(scope, 1));
  if (!expanded.ok) return expanded;
  return ok(expanded.value.items.find((item) => isDeepStrictEqual(item.scope.item, scope.item)));
}

function hasRetested({ renewal, renewals }: Basis): boolean {
  return renewal.renewals !== renewals;
}
