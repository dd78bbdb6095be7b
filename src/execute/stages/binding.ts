import { isDeepStrictEqual } from 'node:util';
import { expandStep, type ExpandedItem } from '../../model/expand-step.ts';
import type { FindingValue, Scope } from '../../model/expression.ts';
import type { HostPlan, PlannedStep } from '../../model/plan.ts';
import type { FindingReport, StepResult } from '../../model/result.ts';
import type { Finding, Runbook, Step } from '../../model/runbook.ts';
import type { Json } from '../../util/json.ts';
import { shrinks } from './shrinks.ts';

/** What a person approved for one host: a later diagnosis may only shrink it. */
export interface Binding {
  readonly plan: HostPlan;
  /** What the plan was made from. */
  readonly scope: Scope;
}

/** Pure: names of problems that are present now and were not when the plan was made. */
export function newProblems(binding: Binding, now: readonly FindingReport[]): readonly string[] {
  const known = binding.plan.findings.filter(({ state }) => state === 'present').map(({ name }) => name);
  return now
    .filter(({ name, severity, state }) => severity !== 'info' && state === 'present' && !known.includes(name))
    .map(({ name }) => name);
}

/** Pure: findings without the items that are new since the plan, which are left alone; not present when nothing else is left. */
export function withoutNewItems(
  binding: Binding,
  findings: readonly Finding[],
  now: ReadonlyMap<string, FindingValue>,
): ReadonlyMap<string, FindingValue> {
  const shrunk = new Map(now);
  for (const { name, itemKey } of findings) {
    const value = now.get(name);
    const planned = binding.scope.findings.get(name)?.items;
    if (value?.items === undefined || planned === undefined) continue;
    const identities = planned.map((item) => identityOf(item, itemKey));
    const items = value.items.filter((item) => {
      const identity = identityOf(item, itemKey);
      return identities.some((candidate) => isDeepStrictEqual(candidate, identity));
    });
    const goneAll = planned.length > 0 && items.length === 0;
    shrunk.set(name, { ...value, present: value.present && !goneAll, items });
  }
  return shrunk;
}

/** Pure: the first fix step that would now be sent otherwise than the plan shows it, other than for fewer things. */
export function changedStep(binding: Binding, runbook: Runbook, now: Scope): Step | undefined {
  const planned = new Map(binding.plan.steps.map((step) => [step.id, step]));
  const skipped = skippedResults(binding.plan.steps);
  const before = withResults(binding.scope, skipped);
  const after = withResults(now, skipped);
  return runbook.fix.find((step) => {
    const command = planned.get(step.id)?.command;
    if (command === undefined || command.kind === 'unknown-until') return false;
    if (!step.for.some((name) => now.findings.get(name)?.present === true)) return false;
    return !isFewer(step, command.kind === 'exact' ? sentItems(step, before) : [], sentItems(step, after));
  });
}

function isFewer(step: Step, before: readonly ExpandedItem[], now: readonly ExpandedItem[]): boolean {
  return now.every(({ decision: wanted }) =>
    before.some(
      ({ decision: planned }) =>
        wanted.kind === 'send' &&
        planned.kind === 'send' &&
        shrinks(step.action.params, planned.composed.params, wanted.composed.params),
    ),
  );
}

/** Items that would be sent or would fail. A step that cannot even be expanded sends nothing: it fails when its turn comes. */
function sentItems(step: Step, scope: Scope): readonly ExpandedItem[] {
  const expanded = expandStep(step, scope);
  return expanded.ok ? expanded.value.items.filter(({ decision }) => decision.kind === 'send') : [];
}

function skippedResults(steps: readonly PlannedStep[]): ReadonlyMap<string, StepResult> {
  const skipped = steps.filter(({ command }) => command.kind === 'skipped');
  return new Map(skipped.map(({ id }) => [id, { status: 'skipped', error: '' }]));
}

function withResults(scope: Scope, results: ReadonlyMap<string, StepResult>): Scope {
  return { ...scope, steps: new Map([...scope.steps, ...results]) };
}

function identityOf(item: Json, key: string | undefined): unknown {
  if (key === undefined || typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return (item as Readonly<Record<string, Json>>)[key];
}
