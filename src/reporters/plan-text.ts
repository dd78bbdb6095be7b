import { OUTCOMES, type Outcome } from '../model/result.ts';
import type { HostPlan, Plan, PlannedStep } from '../model/plan.ts';
import { count } from '../util/count.ts';
import { printableLine } from '../util/printable.ts';
import { labelled, type Page } from './labelled.ts';
import { TONE_OF_OUTCOME } from './live-rows.ts';
import { renderFinding } from './run-text.ts';

export interface PlanTextOptions extends Page {
  /** The whole source of each step, not only its line. */
  readonly verbose: boolean;
  /** Leave out hosts that are fine. */
  readonly quiet?: boolean;
}

/** What a run would do, host by host: findings, then each step with the exact command, its risk, and how it is undone. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  const sick = plan.hosts.filter((host) => host.outcome === 'needs-fix');
  const width = Math.max(...plan.hosts.map((host) => host.host.length), 4);
  const head = `${plan.runbook} would act on ${sick.length} of ${count(plan.hosts.length, 'host')}`;
  const told = plan.hosts.filter(({ outcome }) => options.quiet !== true || !isFine(outcome));
  const hosts = told.toSorted((a, b) => rank(a.outcome) - rank(b.outcome));
  return [options.style('strong', head), ...hosts.flatMap((host) => renderHost(host, width, options)), ''].join('\n');
}

const isFine = (outcome: Outcome): boolean => outcome === 'healthy' || outcome === 'not-applicable';

function rank(outcome: Outcome): number {
  return outcome === 'needs-fix' ? -1 : OUTCOMES.indexOf(outcome);
}

function renderHost(host: HostPlan, width: number, options: PlanTextOptions): readonly string[] {
  const { style } = options;
  const reason = host.reason === '' || host.outcome === 'needs-fix' ? '' : `  ${printableLine(host.reason)}`;
  const outcome = style(TONE_OF_OUTCOME[host.outcome], host.outcome === 'needs-fix' ? 'needs a fix' : host.outcome);
  return [
    `${style('strong', host.host.padEnd(width))}  ${outcome}${reason}`,
    ...(host.hint === undefined ? [] : [labelled(options, 'do', host.hint)]),
    ...host.findings.flatMap((finding) => renderFinding(finding, options)),
    ...host.steps.flatMap((step) => renderStep(step, options)),
  ];
}

function renderStep(step: PlannedStep, page: PlanTextOptions): readonly string[] {
  const { command } = step;
  switch (command.kind) {
    case 'skipped':
      return [labelled(page, 'skip', `${step.id}: ${command.reason}`, 'dim')];
    case 'unknown-until':
      return [labelled(page, 'then', `${step.id}: ${step.name}: unknown until ${command.step}`)];
    case 'nothing':
      return [labelled(page, 'keep', `${step.id}: ${step.name}: all is as wanted`, 'dim')];
    case 'exact': {
      const { items } = command;
      const summary = items.map((item) => item.summary).join('\n');
      const text = items.map((item) => item.text).join('\n');
      const terms = [step.risk === 'none' ? '' : step.risk, step.undo].filter((term) => term !== '').join(', ');
      return [
        labelled(page, 'run', `${step.id}: ${summary}`, 'strong'),
        labelled(page, '', `${step.name} (${terms})`, 'dim'),
        ...(page.verbose ? [labelled(page, '', text.trimEnd(), 'dim')] : []),
      ];
    }
  }
}
