import { err, ok, type Result } from '../util/result.ts';
import { sha256 } from '../util/sha256.ts';
import type { Difference } from '../model/action.ts';
import { expandEachLap, type ComposedStep, type ExpandedItem, type StepProblem } from '../model/expand-step.ts';
import type { Scope } from '../model/expression.ts';
import { plainParams, type PlannedCommand, type PlannedItem } from '../model/plan.ts';
import { recordedScript, type RenderedScript } from '../model/render-script.ts';
import type { Step } from '../model/runbook.ts';
import type { Script } from '../model/script.ts';
import type { ItemLook, Looks } from '../model/survey.ts';
import type { JsonObject } from '../util/json.ts';

interface Known {
  readonly scope: Scope;
  readonly looks: Looks;
  /** The last step that would be sent before this one. */
  readonly lastSent?: string | undefined;
  /** Which step changes a file, as `touchedBy` names it, before this one is sent, or before it is sent for another item. */
  touchedBy(file: string): string | undefined;
}

/** Pure: what is sent for each item of a step whose inputs are known, in the order in which they are sent; or why it cannot be. */
export function exactCommand(step: Step, known: Known): Result<PlannedCommand, StepProblem> {
  const expanded = expandEachLap(step, known.scope);
  if (!expanded.ok) return expanded;
  const sent: PlannedItem[] = [];
  const skipped: string[] = [];
  const settled: JsonObject[] = [];
  for (const [index, item] of expanded.value.items.entries()) {
    const { decision } = item;
    if (decision.kind === 'fail') return err(decision.problem);
    if (decision.kind === 'skip') {
      skipped.push(decision.why);
      continue;
    }
    const { composed } = decision;
    if (step.action.work.kind !== 'prepared') {
      sent.push({ ...plannedItem(step, item, composed.params, composed.script), ...onOf(composed) });
      continue;
    }
    const look = known.looks.get(step.id)?.[index];
    if (look === undefined) return err({ reason: 'missing-input', error: 'nothing was looked at' });
    if (look.kind === 'failed') {
      const { lastSent } = known;
      if (look.missing === true && lastSent !== undefined) return ok({ kind: 'unknown-until', step: lastSent });
      return err({ reason: 'expression', error: look.error });
    }
    const files = look.kind === 'change' ? touchedBy(look) : textsIn(composed.params).map((path) => fileOn(look, path));
    const earlier = files.flatMap((path) => known.touchedBy(path) ?? []).at(-1);
    if (earlier !== undefined) return ok({ kind: 'unknown-until', step: earlier });
    if (look.kind === 'none') settled.push(look.output);
    else sent.push({ ...plannedItem(step, item, composed.params, look.script, look.differences), ...onOf(composed) });
  }
  if (sent.length > 0) {
    return ok({ kind: 'exact', items: sent, sha256: sha256(JSON.stringify(sent.map(identityOf))) });
  }
  if (settled.length > 0) return ok({ kind: 'nothing' });
  return ok({ kind: 'skipped', reason: skipped[0] ?? 'its loop has no items' });
}

/** Pure: files that a look says its step would change, each on the host that has it. */
export function touchedBy(look: ItemLook | undefined): readonly string[] {
  return look?.kind === 'change' ? look.differences.map(({ path }) => fileOn(look, path)) : [];
}

/** The same path on a delegate is another file. */
function fileOn({ on }: Pick<ItemLook, 'on'>, path: string): string {
  return on === undefined ? path : JSON.stringify([on, path]);
}

function identityOf({ on, sha256: command }: PlannedItem): string | readonly string[] {
  return on === undefined ? command : [command, on];
}

/** Where nothing would change no file is told: one that a param names may be meant. */
function textsIn(params: JsonObject): readonly string[] {
  return Object.values(params).filter((value) => typeof value === 'string');
}

function onOf({ on }: ComposedStep): { readonly on?: string } {
  return on === undefined ? {} : { on };
}

function plannedItem(
  step: Step,
  item: ExpandedItem,
  params: JsonObject,
  script: Script | undefined,
  differences: readonly Difference[] = [],
): PlannedItem {
  const name = step.name.render(item.scope);
  const rendered = script === undefined ? seenFromHere(step, params, name) : recordedScript(script, step, name);
  return step.noLog
    ? { ...rendered, params: {}, differences: [] }
    : { ...rendered, params: plainParams(params), differences };
}

/** A step that sends nothing to the host's shell. */
function seenFromHere({ action: { work }, noLog }: Step, params: JsonObject, name: string): RenderedScript {
  const summary = work.kind === 'probe' && !noLog ? work.summary(params as never) : name;
  return { summary, text: summary, sha256: sha256(summary) };
}
