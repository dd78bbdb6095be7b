import { unreachable } from '../util/unreachable.ts';
import { sha256 } from '../util/sha256.ts';
import type { Risk } from '../model/action.ts';
import type { Attempt } from '../model/attempt.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { HostPlan, Plan } from '../model/plan.ts';
import type { FindingReport, Outcome } from '../model/result.ts';
import type { Runbook } from '../model/runbook.ts';
import type { Surveyed, SurveyedHost } from '../model/survey.ts';
import { verdictOf } from '../model/verdict.ts';
import { batchesOf } from './batches.ts';
import { refuseCooling } from './cooldown.ts';
import { decideCommands } from './decide-commands.ts';
import { keepHealthy } from './keep.ts';
import { limitRisk } from './limit-risk.ts';
import { roundedDown } from './share.ts';
import { withSharedFiles } from './shared-files.ts';
import { stopOf } from './stop.ts';
import { LEAST_UNREACHABLE } from './unreachable-hosts.ts';

export interface Made {
  readonly runId: string;
  /** RFC 3339. */
  readonly at: string;
  readonly maxRisk?: Risk;
  /** What was tried on these machines so far: none when a person sets it aside. */
  readonly attempts: readonly Attempt[];
  /** What the rules of the site say of the plan of a host; absent: there are none. */
  readonly review?: (plan: HostPlan) => HostPlan;
  /** Which of the runbook's limits are those of a rule, with the rule in words. */
  readonly cappedBy?: Plan['cappedBy'];
}

/** Pure: from what was found on each host, what a run would send there, or how the host ends without it. */
export function decide(runbook: Runbook, hosts: readonly SurveyedHost[], made: Made): Plan {
  const { batches, maxFailures, maxUnreachable, keep } = runbook.limits;
  const { maxRisk = 'destructive', review = (plan: HostPlan): HostPlan => plan, cappedBy = {} } = made;
  const wanted = hosts.map((host) => limitRisk(review(decideHost(runbook, host)), maxRisk));
  const allowed = refuseCooling(runbook, hosts, wanted, made.attempts, Date.parse(made.at));
  const plans = withSharedFiles(keepHealthy(keep, hosts, allowed));
  const mostUnreachable = roundedDown(maxUnreachable, hosts.length, LEAST_UNREACHABLE);
  const stop = stopOf(runbook, hosts, plans, mostUnreachable, cappedBy);
  return {
    runId: made.runId,
    runbook: runbook.name,
    runbookSha256: runbook.sha256,
    madeAt: made.at,
    ...(made.maxRisk !== undefined && { maxRisk: made.maxRisk }),
    hosts: plans,
    batches: batchesOf(
      batches,
      plans.filter(({ outcome }) => outcome === 'needs-fix').map(({ host }) => host),
    ),
    maxFailures: roundedDown(maxFailures, hosts.length, 1),
    maxUnreachable: mostUnreachable,
    ...(keep !== undefined && { keep }),
    ...(Object.keys(cappedBy).length > 0 && { cappedBy }),
    ...(stop !== undefined && { stop }),
    sha256: hashOf(runbook, plans),
  };
}

function decideHost(runbook: Runbook, surveyed: SurveyedHost): HostPlan {
  const host = surveyed.host.host.name;
  switch (surveyed.state) {
    case 'unreachable':
      return { ...withoutSteps(host, 'unreachable', surveyed.error.message), ...hintOf(surveyed.error) };
    case 'broken':
      return { ...withoutSteps(host, 'unknown', surveyed.error.message), ...hintOf(surveyed.error) };
    case 'interrupted':
      return withoutSteps(host, 'not-started', 'interrupted before its diagnosis was complete');
    case 'surveyed':
      return decideSurveyed(runbook, host, surveyed);
    default:
      return unreachable(surveyed);
  }
}

function decideSurveyed(runbook: Runbook, host: string, surveyed: Surveyed): HostPlan {
  const { findings } = surveyed.diagnosis;
  const { kind, reason } = verdictOf(runbook, surveyed.diagnosis);
  switch (kind) {
    case 'not-applicable':
    case 'healthy':
      return withoutSteps(host, kind, reason, findings);
    case 'undetermined':
      return withoutSteps(host, 'unknown', reason, findings);
    case 'blocked':
      return withoutSteps(host, 'not-repaired', `blocked: ${reason}`, findings);
    case 'unserved':
      return withoutSteps(host, 'not-repaired', `no fix for: ${reason}`, findings);
    case 'sick': {
      const commands = decideCommands(runbook, surveyed);
      if (!commands.ok) return withoutSteps(host, 'not-repaired', commands.error, findings);
      const soak = runbook.verify?.soak.evaluate(surveyed.scope);
      const proof = soak?.ok === true ? { soakMs: soak.value } : {};
      return { host, outcome: 'needs-fix', reason, findings, steps: commands.value, ...proof };
    }
    default:
      return unreachable(kind);
  }
}

function withoutSteps(
  host: string,
  outcome: Outcome,
  reason: string,
  findings: readonly FindingReport[] = [],
): HostPlan {
  return { host, outcome, reason, findings, steps: [] };
}

const hintOf = ({ hint }: ErrorInfo): { readonly hint?: string } => (hint === undefined ? {} : { hint });

function hashOf(runbook: Runbook, plans: readonly HostPlan[]): string {
  const acted = plans.filter(({ outcome }) => outcome === 'needs-fix');
  const commands = acted.map(({ host, steps }) => [
    host,
    steps.map(({ id, command }) => [id, command.kind, command.kind === 'exact' ? command.sha256 : '']),
  ]);
  const leftOut = runbook.fix.filter((step) => step.leftOut !== undefined).map(({ id }) => id);
  return sha256(JSON.stringify([runbook.sha256, commands, ...(leftOut.length > 0 ? [leftOut] : [])]));
}
