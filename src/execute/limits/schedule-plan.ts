import type { Plan } from '../../model/plan.ts';
import type { RunContext } from '../run-context.ts';
import { Gate } from './gate.ts';
import { KeepWatch } from './keep-watch.ts';
import type { Schedule } from './schedule.ts';

/** Batches and limits as the plan has them, for the hosts of it that are locked. `run_timeout` begins now. */
export function schedulePlan(
  { forks, clock, stop, runbook, hosts }: Pick<RunContext, 'forks' | 'clock' | 'stop' | 'runbook' | 'hosts'>,
  plan: Plan,
  locked: { has(host: string): boolean },
): Pick<Schedule, 'batches' | 'canary' | 'forks' | 'gate' | 'keep'> {
  const { runTimeoutMs } = runbook.limits;
  const group = plan.keep?.group;
  const members = hosts.filter(({ host }) => group !== undefined && host.groups.includes(group));
  const healthy = plan.hosts.filter(({ outcome }) => outcome === 'healthy').map(({ host }) => host);
  return {
    batches: plan.batches.map((batch) => batch.filter((name) => locked.has(name))),
    canary: plan.batches[0]?.length ?? 1,
    forks,
    gate: new Gate({
      maxFailures: plan.maxFailures,
      maxFailuresBy: plan.cappedBy?.max_failures,
      runTimeoutMs,
      clock,
      stop,
    }),
    keep: new KeepWatch(plan.keep, new Set(members.map(({ host }) => host.name)), healthy),
  };
}
