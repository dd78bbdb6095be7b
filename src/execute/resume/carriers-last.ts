import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import type { PastRun } from './past-run.ts';

/** Pure: in which order hosts are undone: those that carried something out for all others after these. */
export function carriersLast(
  hosts: readonly HostRun[],
  past: PastRun,
  { runbook }: Pick<RunContext, 'runbook'>,
): readonly (readonly HostRun[])[] {
  const once = new Set(runbook.fix.filter((step) => step.once === true).map(({ id }) => id));
  const carries = ({ name }: HostRun): boolean =>
    past.hosts.get(name)?.fix.some((item) => item.unsent === undefined && once.has(item.step)) === true;
  return [hosts.filter((host) => !carries(host)), hosts.filter(carries)];
}
