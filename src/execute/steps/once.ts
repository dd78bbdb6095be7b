import type { Scope } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { HostRun } from '../host-run.ts';
import type { Once } from '../onces.ts';
import { failed } from './judge.ts';
import { endUnsent, TOO_LATE } from './step.ts';

/** How a step ended that was, or was not, sent for all hosts of the run. */
export interface CarriedOut {
  readonly result: StepResult;
  /** Surely nothing of it ever began. */
  readonly notStarted: boolean;
  /** The connection broke before it began, and that was so long ago that the findings must be made anew before it is sent. */
  readonly outdated?: boolean;
}

/**
 * Has a step, or one item of its loops, carried out by the first host of the run that comes to it. Every other host waits for its end
 * and has its result. When it could not even be sent, the next host that comes, or waits, does it; `outdated`: this one has waited for
 * so long that its findings must be made anew before it comes to the step again. Nothing is recorded of it then.
 */
export async function onceInRun(
  host: HostRun,
  step: Step,
  scope: Scope,
  carryOut: (once: Once) => Promise<CarriedOut>,
): Promise<StepResult | 'outdated'> {
  const { onces } = host.run;
  const key = keyOf(step, scope);
  for (;;) {
    const known = onces.get(key);
    if (known === undefined) return begin(host, key, carryOut);
    known.use(host.name);
    const result = await known.ended;
    host.watch.waited();
    if (result === undefined && host.run.stop.aborted) return endUnsent(host, step, 'fix', scope, TOO_LATE.result);
    if (result === undefined && host.watch.paused()) return 'outdated';
    if (result === undefined) continue;
    const shared = known.isTakenBack && isDone(result) ? takenBack(known.by) : asShared(result, known.by);
    if (shared.status === 'failed') known.leave(host.name);
    return endUnsent(host, step, 'fix', scope, shared, known.by);
  }
}

async function begin(
  host: HostRun,
  key: string,
  carryOut: (once: Once) => Promise<CarriedOut>,
): Promise<StepResult | 'outdated'> {
  const { onces } = host.run;
  const once = onces.begin(key, host.name);
  let end: StepResult | undefined = { status: 'unknown', error: 'nobody knows how it ended' };
  try {
    const { result, notStarted, outdated } = await carryOut(once);
    end = notStarted && result.status === 'failed' ? undefined : result;
    return outdated === true ? 'outdated' : result;
  } finally {
    if (end === undefined) onces.drop(key);
    once.end(end);
  }
}

/** Pure. Items are the same when they are equal, wherever they stand in the list of a host. */
export function keyOf({ id }: Step, { item, outerItems = [] }: Scope): string {
  return JSON.stringify([id, ...outerItems.map((outer) => outer.item), item]);
}

function takenBack(by: string): StepResult {
  return failed('cannot-start', `${by}, which carried it out, has undone it again`).result;
}

/** Nothing was lost, cut off or changed here. */
function asShared(result: StepResult, by: string): StepResult {
  const { error, output } = result;
  if (isDone(result)) return { status: 'ok', error: '', ...(output !== undefined && { output }) };
  return { status: 'failed', reason: 'cannot-start', error: `for ${by}, which carried it out: ${error}` };
}

const isDone = ({ status }: StepResult): boolean => status === 'ok' || status === 'changed';
