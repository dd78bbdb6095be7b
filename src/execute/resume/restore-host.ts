import type { HostRun } from '../host-run.ts';
import type { PastHost } from './past-host.ts';
import { isUnclear } from './past-item.ts';
import { PastWork } from './past-work.ts';
import type { PastRun } from './past-run.ts';

/** Gives a host, connected anew, what its record says of it: before it is locked, so that it is told which change is awaited there. */
export function restoreHost(
  host: HostRun,
  past: PastHost,
  { delegated, plan }: PastRun,
  how: 'resume' | 'rollback',
): void {
  const { clock } = host.run;
  host.countFrom(past.executions);
  for (const { name } of host.bound.delegates ?? []) host.at({ on: name }).countFrom(delegated.get(name) ?? 0);
  if (!past.isChanged) {
    host.reports = plan?.hosts.find((planned) => planned.host === host.name)?.findings ?? [];
    return;
  }
  host.past = new PastWork(past, how);
  host.attempted = past.attempted;
  host.reportsBefore = past.reportsBefore;
  if (past.fixStarted !== undefined) {
    host.fixStarted = clock.monotonic() - (clock.now() - Date.parse(past.fixStarted));
  }
  // What was found is old, however short the time was.
  host.watch.outdated();
  for (const { attempts } of [...past.fix, ...past.rollback]) {
    for (const attempt of attempts) {
      const { intent } = attempt;
      if (intent === undefined || !isUnclear(attempt)) continue;
      host.at(intent.on === undefined ? {} : { on: intent.on }).unanswered.set(intent.execution, intent);
    }
  }
}
