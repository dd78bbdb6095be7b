import { count } from '../util/count.ts';
import type { HostPlan, Plan, PlanStop } from '../model/plan.ts';
import type { Runbook } from '../model/runbook.ts';
import type { Surveyed, SurveyedHost } from '../model/survey.ts';
import { servedFindings } from '../model/verdict.ts';
import { whyTooFew } from './unreachable-hosts.ts';

/** Fewer sick hosts than these may well be sick for reasons of their own. */
const LEAST_FOR_BRAKE = 3;

/** Pure: why nothing at all may be changed, when a limit says so; also with nothing to fix. */
export function stopOf(
  runbook: Runbook,
  hosts: readonly SurveyedHost[],
  plans: readonly HostPlan[],
  maxUnreachable: number,
  cappedBy: NonNullable<Plan['cappedBy']>,
): PlanStop | undefined {
  const lost = hosts.filter(({ state }) => state === 'unreachable').map(({ host }) => host.host.name);
  const tooFew = whyTooFew(lost, hosts.length, maxUnreachable);
  const stop = tooFew ?? brakeStop(runbook, hosts, plans);
  return stop === undefined ? undefined : byRule(stop, cappedBy[stop.limit]);
}

/** What a rule sets, no option of a person changes. */
function byRule(stop: PlanStop, rule: string | undefined): PlanStop {
  if (rule === undefined) return stop;
  const { limit, reason, hint } = stop;
  const why = `${reason}, as ${rule} says`;
  return { limit, reason: why, hint: limit === 'brake' ? SHARED_CAUSE : hint };
}

const SHARED_CAUSE = 'Look for the cause that they share. No option sets the rule aside.';

/** Counts what a fix would be begun for, on every host that could be diagnosed, whether it may be fixed there or not. */
function brakeStop(runbook: Runbook, hosts: readonly SurveyedHost[], plans: readonly HostPlan[]): PlanStop | undefined {
  if (!plans.some(({ outcome }) => outcome === 'needs-fix')) return undefined;
  const surveyed = hosts.filter((host) => host.state === 'surveyed');
  const sick = countByFinding(runbook, surveyed);
  const [worst] = [...sick].toSorted(([, a], [, b]) => b - a);
  if (worst === undefined) return undefined;
  const [finding, number] = worst;
  const { brakePercent } = runbook.limits;
  if (number < LEAST_FOR_BRAKE || number * 100 <= brakePercent * surveyed.length) return undefined;
  const enough = Math.ceil((number * 100) / surveyed.length);
  return {
    limit: 'brake',
    reason: `${number} of ${count(surveyed.length, 'host')} have the same finding, ${finding}: more than the brake of ${brakePercent}% lets pass`,
    hint: `Look for the cause that they share. Only a person may go on without it: --brake ${enough}%.`,
  };
}

function countByFinding(runbook: Runbook, surveyed: readonly Surveyed[]): ReadonlyMap<string, number> {
  const names = surveyed.flatMap(({ diagnosis }) =>
    servedFindings(runbook, diagnosis.findings).map(({ name }) => name),
  );
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
