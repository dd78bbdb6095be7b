import type { Plan } from '../model/plan.ts';
import { count } from '../util/count.ts';
import { printableLine } from '../util/printable.ts';
import { formatDuration } from '../util/duration.ts';
import { labelled, type Page } from './labelled.ts';

/** What a plan is waiting for: to be carried out by its id, the answer to a question, or nothing any more. */
export type PlanStanding =
  | { readonly kind: 'open' | 'asked' | 'old' }
  /** `by`: the run that did. */
  | { readonly kind: 'carried-out'; readonly by: string };

const SHORT_ID = 12;

const TITLES: Readonly<Record<PlanStanding['kind'], string>> = {
  open: 'When it is approved',
  asked: 'When it is approved',
  old: 'It would have been',
  'carried-out': 'When it was approved',
};

/** What happens when the plan is approved: in what order, when it stops, how long the proof takes; and how to approve it. */
export function renderPlanEnd(plan: Plan, standing: PlanStanding, page: Page): readonly string[] {
  const batches = plan.batches.filter((batch) => batch.length > 0);
  if (plan.stop !== undefined || batches.length === 0) return [];
  return [
    '',
    page.style('strong', TITLES[standing.kind]),
    labelled(page, 'order', orderOf(batches)),
    ...(batches.flat().length > 1 ? [labelled(page, 'stops', stopsOf(plan))] : []),
    ...proofOf(plan, batches.length, page),
    labelled(page, 'plan', `${plan.runId}, sha256 ${plan.sha256.slice(0, SHORT_ID)}`),
    ...nextOf(plan, standing, page),
  ];
}

function orderOf(batches: readonly (readonly string[])[]): string {
  const [first = [], ...later] = batches;
  const canary = first.length === 1 ? (first[0] ?? '') : count(first.length, 'host');
  if (later.length === 0) return first.length === 1 ? canary : `${canary} at once`;
  return [canary, ...later.map((batch) => count(batch.length, 'host'))].join(', then ');
}

function stopsOf({ maxFailures, keep, cappedBy }: Plan): string {
  const by = cappedBy?.max_failures === undefined ? '' : `, as ${cappedBy.max_failures} says`;
  const budget = `no new host after ${count(maxFailures, 'failure')}${printableLine(by)}`;
  if (keep === undefined) return budget;
  return `${budget}; ${count(keep.healthy, 'other host')} of ${keep.group} must be healthy meanwhile`;
}

function proofOf({ hosts }: Plan, batches: number, page: Page): readonly string[] {
  const soaks = hosts.flatMap(({ soakMs }) => soakMs ?? []);
  if (soaks.length === 0) return [];
  const longest = Math.max(...soaks);
  if (longest === 0) return [labelled(page, 'proof', 'must pass once on each host')];
  const each = `must hold for ${formatDuration(longest)} on each host`;
  const all = batches === 1 ? '' : `, ${formatDuration(longest * batches)} in all at least`;
  return [labelled(page, 'proof', each + all)];
}

function nextOf({ runId }: Plan, standing: PlanStanding, page: Page): readonly string[] {
  switch (standing.kind) {
    case 'asked':
      return [];
    case 'old':
      return [labelled(page, 'void', 'older than 24 hours: make a new one')];
    case 'carried-out':
      return [labelled(page, 'done', `carried out by the run ${standing.by}`)];
    case 'open':
      return [
        labelled(page, 'do', `runbook run --plan ${runId.slice(0, SHORT_ID)}`, 'strong'),
        labelled(page, '', 'it holds for 24 hours, and can be carried out once', 'dim'),
      ];
  }
}
