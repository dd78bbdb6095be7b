import { isDeepStrictEqual } from 'node:util';
import type { ShownChange } from '../../model/action.ts';
import { expandEachLap, type ComposedStep } from '../../model/expand-step.ts';
import type { FindingValue, Scope } from '../../model/expression.ts';
import { plainParams, type HostPlan, type PlannedItem, type PlannedStep } from '../../model/plan.ts';
import { renderScript } from '../../model/render-script.ts';
import type { FindingReport, StepResult } from '../../model/result.ts';
import type { Finding, Runbook, Step } from '../../model/runbook.ts';
import type { Script } from '../../model/script.ts';
import type { ItemLooks, Looks } from '../../model/survey.ts';
import type { Json } from '../../util/json.ts';
import { isFound } from './served.ts';
import { shrinks } from './shrinks.ts';

/** What was approved for one host: a later diagnosis may only shrink it. */
export interface Binding {
  /** As it was recorded, secrets masked. */
  readonly plan: HostPlan;
  /** Masks what is compared with it. */
  mask<T extends object>(value: T): T;
}

/** Pure: which problems are present now and were not when the plan was made, in words. */
export function newProblems(binding: Binding, now: readonly FindingReport[]): string | undefined {
  const known = binding.plan.findings.filter(({ state }) => state === 'present').map(({ name }) => name);
  const fresh = now
    .filter(({ name, severity, state }) => severity !== 'info' && state === 'present' && !known.includes(name))
    .map(({ name }) => name);
  return fresh.length === 0 ? undefined : `${fresh.join(', ')} ${fresh.length === 1 ? 'is' : 'are'} new`;
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
    const planned = binding.plan.findings.find((finding) => finding.name === name)?.items;
    if (value?.items === undefined || planned === undefined) continue;
    const identities = planned.map((item) => identityOf(item, itemKey));
    const items = value.items.filter((item) => {
      const { identity } = binding.mask({ identity: identityOf(item, itemKey) });
      return identities.some((candidate) => isDeepStrictEqual(candidate, identity));
    });
    const goneAll = planned.length > 0 && items.length === 0;
    shrunk.set(name, { ...value, present: value.present && !goneAll, items });
  }
  return shrunk;
}

/** Pure: which fix step would now be sent otherwise than the plan shows it, other than for fewer things, in words. */
export function otherCommand(binding: Binding, runbook: Runbook, scope: Scope, looks: Looks): string | undefined {
  const now: Scope = { ...scope, steps: new Map([...scope.steps, ...skippedResults(binding.plan.steps)]) };
  const other = runbook.fix.find((step) => {
    if (commandOf(binding, step) === 'unknown') return false;
    if (!isFound(step, now.findings)) return false;
    return isOther(binding, step, now, looks.get(step.id) ?? []);
  });
  return other === undefined ? undefined : `the command of ${other.id} differs`;
}

/** Pure: does the plan show this command, or the same for more things? One that it could not know counts as shown. */
export function isPlanned(binding: Binding, step: Step, { params, script, on }: ComposedStep): boolean {
  const items = itemsOf(binding, step, on);
  if (items === 'unknown') return true;
  if (step.noLog && script !== undefined) return isAmong(items, script);
  const wanted = binding.mask(plainParams(params));
  return items.some((item) => shrinks(step.action.params, item.params, wanted));
}

/** Pure: the same of a prepared change, which must be the very one that the plan shows. */
export function isPlannedChange(
  binding: Binding,
  step: Step,
  { script, on }: ShownChange & Pick<ComposedStep, 'on'>,
): boolean {
  const items = itemsOf(binding, step, on);
  return items === 'unknown' || isAmong(items, script);
}

/** A step that cannot even be expanded sends nothing: it fails when its turn comes. So does one whose look failed. */
function isOther(binding: Binding, step: Step, now: Scope, looks: ItemLooks): boolean {
  const expanded = expandEachLap(step, now);
  if (!expanded.ok) return false;
  return expanded.value.items.some(({ decision }, index) => {
    if (decision.kind !== 'send') return false;
    if (step.action.work.kind !== 'prepared') return !isPlanned(binding, step, decision.composed);
    const look = looks[index];
    return look?.kind === 'change' && !isPlannedChange(binding, step, look);
  });
}

function isAmong(items: readonly PlannedItem[], script: Script): boolean {
  const { sha256 } = renderScript(script);
  return items.some((item) => item.sha256 === sha256);
}

/** Those of one place: the same command on another host is another one. */
function itemsOf(binding: Binding, step: Step, on: string | undefined): readonly PlannedItem[] | 'unknown' {
  const items = commandOf(binding, step);
  return items === 'unknown' ? items : items.filter((item) => item.on === on);
}

function commandOf(binding: Binding, { id }: Step): readonly PlannedItem[] | 'unknown' {
  const command = binding.plan.steps.find((step) => step.id === id)?.command;
  if (command === undefined || command.kind === 'unknown-until') return 'unknown';
  return command.kind === 'exact' ? command.items : [];
}

function skippedResults(steps: readonly PlannedStep[]): ReadonlyMap<string, StepResult> {
  const skipped = steps.filter(({ command }) => command.kind === 'skipped');
  return new Map(skipped.map(({ id }) => [id, { status: 'skipped', error: '' }]));
}

function identityOf(item: Json, key: string | undefined): Json {
  if (key === undefined || typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return (item as Readonly<Record<string, Json>>)[key] ?? '';
}
