import type { Plan } from '../model/plan.ts';
import type { Surveyed } from '../model/survey.ts';
import { verdictOf } from '../model/verdict.ts';
import { bindingOf } from './approved-plan.ts';
import type { HostRun } from './host-run.ts';
import { newProblems, otherCommand } from './stages/binding.ts';
import type { SurveyedConnection } from './survey.ts';

const MOST_DIFFERENCES = 3;

/** Why a plan that was approved before is void as a whole after a fresh survey of its hosts; undefined: it holds. */
export function whyVoid(plan: Plan, hosts: Iterable<SurveyedConnection>): string | undefined {
  const changes = [...hosts].flatMap(({ surveyed, connection }) => {
    if (surveyed.state !== 'surveyed' || connection === undefined) return [];
    const changed = whatChanged(connection, surveyed, plan);
    return changed === undefined ? [] : [`${connection.name}: ${changed}`];
  });
  if (changes.length === 0) return undefined;
  const rest = changes.length - MOST_DIFFERENCES;
  const more = rest > 0 ? `; and ${rest} more` : '';
  return `the plan is void: ${changes.slice(0, MOST_DIFFERENCES).join('; ')}${more}`;
}

/** Otherwise than by finding less; undefined: nothing. */
function whatChanged(host: HostRun, { diagnosis, looks }: Surveyed, plan: Plan): string | undefined {
  const { runbook } = host.run;
  const binding = bindingOf(host, plan);
  const fresh = newProblems(binding, diagnosis.findings);
  if (fresh !== undefined) return fresh;
  if (binding.plan.outcome !== 'needs-fix' || verdictOf(runbook, diagnosis).kind !== 'sick') return undefined;
  return otherCommand(binding, runbook, host.scope(), looks);
}
