import type { ComposedStep } from '../../model/expand-step.ts';
import type { StepResult } from '../../model/result.ts';
import type { HostRun } from '../host-run.ts';
import type { StepEnd } from './judge.ts';
import type { Attempts } from './sent-step.ts';

/**
 * Sends a step until its end is not `again`, with its `delay` in between. An interrupt or `halted` ends the waiting. `former`: attempts of
 * a former session, which count as well.
 */
export async function repeat(
  host: HostRun,
  { delayMs = 0 }: Pick<ComposedStep, 'delayMs'>,
  send: (attempt: number) => Promise<StepEnd>,
  halted: () => boolean = () => false,
  former: readonly StepEnd[] = [],
): Promise<Attempts> {
  const { clock, stop } = host.run;
  const attempts: StepEnd[] = [...former];
  for (;;) {
    const end = await send(attempts.length + 1);
    attempts.push(end);
    if (end.again !== true || halted()) return { ended: asWhole(end, attempts), attempts };
    await clock.sleep(delayMs, stop);
    host.watch.waited();
    if (stop.aborted) return { ended: { ...end, result: interrupted(end.result) }, attempts };
    if (halted()) return { ended: asWhole(end, attempts), attempts };
  }
}

/** Pure: how a step ended whose last attempt ended so. */
export function asWhole(end: StepEnd, attempts: readonly StepEnd[]): StepEnd {
  const changed = attempts.some(({ changed: did, result }) => did === true || result.status === 'changed');
  return end.result.status === 'ok' && changed ? { ...end, result: { ...end.result, status: 'changed' } } : end;
}

function interrupted({ error }: StepResult): StepResult {
  return { status: 'failed', reason: 'cancelled', error: `interrupted before it was tried again: ${error}` };
}
