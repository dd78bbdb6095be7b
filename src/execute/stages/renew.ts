import type { Step } from '../../model/runbook.ts';
import type { Binding } from './binding.ts';
import { fixInterrupted, fixLost, type FixEnd } from './fix-end.ts';
import type { HostRun } from '../host-run.ts';
import { retest, type Retested } from './retest.ts';

const EVERY_MS = 2000;

/**
 * Reads the diagnosis anew before a step where that is due: the step says `retest`, or the host was left alone for more than
 * 60 s. Returns how the fix phase ends when it may not go on.
 */
export async function renew(host: HostRun, step: Step, binding: Binding | undefined): Promise<FixEnd | undefined> {
  if (step.retest === false) return host.watch.paused() ? judge(host, await retest(host, binding)) : undefined;
  const patience = step.retest.evaluate(host.scope());
  if (!patience.ok) return { end: 'failed', reason: `${step.id}: retest: ${patience.error.message}` };
  // The stage before has just read it, and nothing was sent since.
  if (patience.value === 0 && host.treated.size === 0 && !host.watch.paused()) return undefined;
  return waitUntilGone(host, step, binding, patience.value);
}

async function waitUntilGone(
  host: HostRun,
  step: Step,
  binding: Binding | undefined,
  patienceMs: number,
): Promise<FixEnd | undefined> {
  const { clock, stop } = host.run;
  const deadline = clock.monotonic() + patienceMs;
  for (;;) {
    const remaining = deadline - clock.monotonic();
    const end = judge(host, await retest(host, binding));
    if (end !== undefined) return end;
    const present = step.for.some((name) => host.findings.get(name)?.present === true);
    if (!present || remaining <= 0) return undefined;
    await clock.sleep(Math.min(EVERY_MS, remaining), stop);
  }
}

/** In the middle of a fix a diagnosis that finds less is good news; what stands against going on begins the rollback. */
function judge(host: HostRun, { end, reason }: Retested): FixEnd | undefined {
  switch (end) {
    case 'lost':
      return fixLost(host, reason);
    case 'interrupted':
      return fixInterrupted(host);
    case 'blocked':
    case 'plan-void':
    case 'not-applicable':
      return { end: 'failed', reason };
    case 'undetermined':
      return blockUnclear(host) ? { end: 'failed', reason } : undefined;
    case 'sick':
    case 'healthy':
    case 'unserved':
      return undefined;
  }
}

function blockUnclear(host: HostRun): boolean {
  if (host.reports.length === 0) return true;
  return host.reports.some(({ severity, state }) => severity === 'blocks' && state === 'undetermined');
}
