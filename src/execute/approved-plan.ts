import type { HostPlan, Plan } from '../model/plan.ts';
import type { Binding } from './stages/binding.ts';
import type { HostRun } from './host-run.ts';

/** What the plan says of the host, to compare with what is found there. */
export function bindingOf(host: HostRun, plan: Plan): Binding {
  const { recorder } = host.run;
  const mask: Binding['mask'] = (value) => recorder.mask(value);
  return { plan: mask(planOf(plan, host.name)), mask };
}

export function planOf(plan: Plan, host: string): HostPlan {
  const found = plan.hosts.find((candidate) => candidate.host === host);
  if (found === undefined) throw new Error(`the plan says nothing about ${host}`);
  return found;
}
