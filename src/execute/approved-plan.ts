import { verdictOf } from '../model/verdict.ts';
import type { HostPlan, Plan } from '../model/plan.ts';
import type { Surveyed } from '../model/survey.ts';
import { changedStep, newProblems, type Binding } from './stages/binding.ts';
import type { HostRun } from './host-run.ts';
import type { RunContext } from './run-context.ts';

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

/** Why a host that needs a fix is left alone: the approved plan does not say to change it. */
export function whyNotPlanned({ approved }: RunContext, host: string): string | undefined {
  if (approved === undefined) return undefined;
  const { outcome, reason } = planOf(approved, host);
  return outcome === 'needs-fix' ? undefined : `the plan changes nothing here; it said ${outcome}: ${reason}`;
}

/** How a fresh survey differs from a plan that was approved before, otherwise than by finding less; undefined: it does not. */
export function whatChanged(host: HostRun, { diagnosis, looks }: Surveyed, plan: Plan): string | undefined {
  const { runbook } = host.run;
  const binding = bindingOf(host, plan);
  const fresh = newProblems(binding, diagnosis.findings);
  if (fresh.length > 0) return `${fresh.join(', ')} ${fresh.length === 1 ? 'is' : 'are'} new`;
  if (binding.plan.outcome !== 'needs-fix' || verdictOf(runbook, diagnosis).kind !== 'sick') return undefined;
  const step = changedStep(binding, runbook, host.scope(), looks);
  return step === undefined ? undefined : `the command of ${step.id} differs`;
}
