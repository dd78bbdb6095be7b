import { tooSoon, type TooSoon } from '../../model/cooldown.ts';
import { twinsOf, type NamedMachine } from '../../model/machine.ts';
import { servedFindings } from '../../model/verdict.ts';
import type { HostRun } from '../host-run.ts';

/** To be called before each change: the first one begins the attempt. It is durable when the next event is. */
export function noteAttempt(host: HostRun): void {
  if (host.attempted) return;
  host.attempted = true;
  const { name, machine, run } = host;
  run.recorder.note({ type: 'attempt-begun', host: name, machine, findings: findingsOf(host) });
}

/** Another run may have treated the host between our survey and our lock. */
export function tooSoonMeanwhile(host: HostRun, all: readonly NamedMachine[]): TooSoon | undefined {
  const { name, machine, run } = host;
  const candidate = { host: name, machine, findings: findingsOf(host), twins: twinsOf(host, all) };
  return tooSoon(run.runbook.limits, run.attempts([machine]), candidate, run.clock.now());
}

function findingsOf({ run, reports }: HostRun): readonly string[] {
  return servedFindings(run.runbook, reports).map(({ name }) => name);
}
