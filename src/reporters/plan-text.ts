import { OUTCOMES, type Outcome } from '../model/result.ts';
import type { HostPlan, Plan } from '../model/plan.ts';
import { count } from '../util/count.ts';
import { printableLine } from '../util/printable.ts';
import { foldHosts, titleOf, titleWidth, type Fold } from './fold-hosts.ts';
import { labelled } from './labelled.ts';
import { TONE_OF_OUTCOME } from './live-rows.ts';
import { renderPlanEnd, type PlanStanding } from './plan-end.ts';
import { renderHostPlan, type HostTextOptions } from './plan-host.ts';

export interface PlanTextOptions extends HostTextOptions {
  readonly standing: PlanStanding;
  /** Leave out hosts that are fine. */
  readonly quiet?: boolean;
  /** Each host for itself, also when several are alike. */
  readonly apart?: boolean;
}

/**
 * What a run would do: findings, then each step with the exact command, its risk, and how it is undone; hosts of which the same is
 * to be said together, those to be fixed first. Then what happens when it is approved.
 */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  const sick = plan.hosts.filter((host) => host.outcome === 'needs-fix');
  const head = `${printableLine(plan.runbook)} would act on ${sick.length} of ${count(plan.hosts.length, 'host')}`;
  const told = plan.hosts.filter(({ outcome }) => options.quiet !== true || !isFine(outcome));
  const sorted = told.toSorted((a, b) => rank(a.outcome) - rank(b.outcome));
  const folds = foldHosts(sorted, (host) => (options.apart === true ? host.host : keyOf(host, options)));
  const width = titleWidth(folds.map(({ hosts }) => titleOf(hosts, options)));
  return [
    ...renderStop(plan, options),
    options.style('strong', head),
    ...folds.flatMap((fold, index) => [
      ...(isSick(fold) || isSick(folds[index - 1]) ? [''] : []),
      ...renderFold(fold, width, options),
    ]),
    ...renderPlanEnd(plan, options.standing, options),
    '',
  ].join('\n');
}

const isFine = (outcome: Outcome): boolean => outcome === 'healthy' || outcome === 'not-applicable';

function rank(outcome: Outcome): number {
  return outcome === 'needs-fix' ? -1 : OUTCOMES.indexOf(outcome);
}

/** What is not shown must be equal too, else two hosts are not alike: the commands to the byte. */
function keyOf(host: HostPlan, options: PlanTextOptions): string {
  const commands = host.steps.map(({ command }) => (command.kind === 'exact' ? command.sha256 : command.kind));
  const shown = renderHostPlan(host, { ...options, verbose: false, columns: Number.POSITIVE_INFINITY });
  return JSON.stringify([host.outcome, reasonOf(host), commands, shown]);
}

function renderStop({ stop }: Plan, options: PlanTextOptions): readonly string[] {
  if (stop === undefined) return [];
  return [
    options.style('bad', `STOPPED by ${stop.limit}: ${printableLine(stop.reason)}`),
    labelled(options, 'do', stop.hint),
    options.style('bad', 'A run changes nothing until then.'),
    '',
  ];
}

function renderFold({ hosts, first }: Fold<HostPlan>, width: number, options: PlanTextOptions): readonly string[] {
  const { style } = options;
  const reason = reasonOf(first);
  const outcome = style(TONE_OF_OUTCOME[first.outcome], outcomeInWords(first.outcome, hosts.length));
  const title = titleOf(hosts, options.verbose ? { columns: Number.POSITIVE_INFINITY } : options);
  const head = `${style('strong', title.padEnd(width))}  ${outcome}${reason === '' ? '' : `  ${reason}`}`;
  return [head, ...renderHostPlan(first, options)];
}

const isSick = (fold: Fold<HostPlan> | undefined): boolean => fold?.first.outcome === 'needs-fix';

const reasonOf = ({ outcome, reason }: HostPlan): string => (outcome === 'needs-fix' ? '' : printableLine(reason));

function outcomeInWords(outcome: Outcome, hosts: number): string {
  if (outcome !== 'needs-fix') return outcome;
  return hosts === 1 ? 'needs a fix' : 'need a fix';
}
