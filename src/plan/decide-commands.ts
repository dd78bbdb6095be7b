import { err, ok, type Result } from '../util/result.ts';
import { sha256 } from '../util/sha256.ts';
import { unreachable } from '../util/unreachable.ts';
import type { Difference } from '../model/action.ts';
import { expandStep, type ExpandedItem, type StepProblem } from '../model/expand-step.ts';
import type { Scope } from '../model/expression.ts';
import { plainParams, type PlannedCommand, type PlannedItem, type PlannedStep } from '../model/plan.ts';
import { renderScript } from '../model/render-script.ts';
import type { StepResult } from '../model/result.ts';
import type { Runbook, Step, Undo } from '../model/runbook.ts';
import type { Script } from '../model/script.ts';
import type { ItemLooks, Looks, Surveyed } from '../model/survey.ts';
import type { JsonObject } from '../util/json.ts';
import { stepsReadBy } from '../model/step-references.ts';

/** What is known while walking down the fix steps of one host. */
interface Walk {
  readonly scope: Scope;
  readonly results: Map<string, StepResult>;
  /** Steps whose results only a run can tell. */
  readonly open: Set<string>;
  readonly looks: Looks;
  /** Files that a step would change, with that step. */
  readonly touched: Map<string, string>;
  /** The last step that would be sent, and the last that reads the diagnosis anew: all after it depends on what it sees. */
  lastSent?: string;
  retested?: string;
}

/**
 * Pure. The exact command of each fix step as far as it can be known without changing anything; or why no repair can be begun: no
 * step applies, or one that may not fail is known beforehand to fail.
 */
export function decideCommands(
  runbook: Runbook,
  { scope, looks }: Pick<Surveyed, 'scope' | 'looks'>,
): Result<readonly PlannedStep[], string> {
  const results = new Map(scope.steps);
  const walk: Walk = { scope: { ...scope, steps: results }, results, open: new Set(), looks, touched: new Map() };
  const planned: PlannedStep[] = [];
  for (const step of runbook.fix) {
    const command = decideCommand(step, walk);
    if (!command.ok) return err(`${step.name.render(walk.scope)} cannot be sent: ${command.error.error}`);
    note(step, command.value, walk);
    planned.push(describe(step, walk.scope, command.value));
  }
  if (walk.lastSent !== undefined) return ok(planned);
  const reasons = planned.map(({ id, command }) => (command.kind === 'skipped' ? `${id}: ${command.reason}` : id));
  return err(`no fix step applies: ${reasons.join('; ')}`);
}

function decideCommand(step: Step, walk: Walk): Result<PlannedCommand, StepProblem> {
  if (!step.for.some((name) => walk.scope.findings.get(name)?.present === true)) {
    return ok({ kind: 'skipped', reason: `${step.for.join(', ')}: not present` });
  }
  const until = [...stepsReadBy(step)].find((id) => walk.open.has(id)) ?? walk.retested;
  if (until !== undefined) return ok({ kind: 'unknown-until', step: until });
  // Its own re-test follows what was sent before; when nothing was, it sees what the run's first re-test sees.
  if (step.retest !== false && walk.lastSent !== undefined) return ok({ kind: 'unknown-until', step: walk.lastSent });
  return exactCommand(step, walk);
}

function exactCommand(step: Step, walk: Walk): Result<PlannedCommand, StepProblem> {
  const expanded = expandStep(step, walk.scope);
  if (!expanded.ok) return stepProblem(step, expanded.error);
  const sent: PlannedItem[] = [];
  const skipped: string[] = [];
  const settled: JsonObject[] = [];
  for (const [index, item] of expanded.value.items.entries()) {
    const { decision } = item;
    if (decision.kind === 'fail') return stepProblem(step, decision.problem);
    if (decision.kind === 'skip') {
      skipped.push(decision.why);
      continue;
    }
    const { composed } = decision;
    if (step.action.work.kind !== 'prepared') {
      sent.push(plannedItem(step, item, composed.params, composed.script));
      continue;
    }
    const look = walk.looks.get(step.id)?.[index];
    if (look === undefined) return stepProblem(step, { reason: 'missing-input', error: 'nothing was looked at' });
    if (look.kind === 'failed') return stepProblem(step, { reason: 'expression', error: look.error });
    if (look.kind === 'none') settled.push(look.output);
    else {
      const earlier = look.differences.flatMap(({ path }) => walk.touched.get(path) ?? []).at(-1);
      if (earlier !== undefined) return ok({ kind: 'unknown-until', step: earlier });
      sent.push(plannedItem(step, item, composed.params, look.script, look.differences));
    }
  }
  if (sent.length > 0) {
    return ok({ kind: 'exact', items: sent, sha256: sha256(JSON.stringify(sent.map(({ text }) => text))) });
  }
  if (settled.length > 0) return ok({ kind: 'nothing' });
  return ok({ kind: 'skipped', reason: skipped[0] ?? 'its loop has no items' });
}

function plannedItem(
  step: Step,
  item: ExpandedItem,
  params: JsonObject,
  script: Script | undefined,
  differences: readonly Difference[] = [],
): PlannedItem {
  const name = step.name.render(item.scope);
  const rendered = script === undefined ? { summary: name, text: name, sha256: sha256(name) } : renderScript(script);
  return { ...rendered, params: plainParams(params), differences: step.noLog ? [] : differences };
}

/** What a step that has nothing to do will have as its result. */
function settledResult(step: Step, looks: ItemLooks): StepResult {
  const results = looks.flatMap((look): StepResult[] =>
    look?.kind === 'none' ? [{ status: 'ok', error: '', output: look.output }] : [],
  );
  const [only] = results;
  return step.loop === undefined && only !== undefined ? only : { status: 'ok', error: '', results };
}

/** A step whose failure does not stop the phase does not stop the plan either. */
function stepProblem(step: Step, problem: StepProblem): Result<PlannedCommand, StepProblem> {
  if (step.onFailure === 'stop') return err(problem);
  return ok({ kind: 'skipped', reason: `it cannot be sent: ${problem.error}` });
}

function note(step: Step, command: PlannedCommand, walk: Walk): void {
  if (command.kind === 'skipped') {
    walk.results.set(step.id, { status: 'skipped', error: command.reason });
    return;
  }
  if (command.kind === 'nothing') {
    walk.results.set(step.id, settledResult(step, walk.looks.get(step.id) ?? []));
    return;
  }
  if (command.kind === 'exact')
    for (const { path } of command.items.flatMap(({ differences }) => differences)) walk.touched.set(path, step.id);
  walk.open.add(step.id);
  walk.lastSent = step.id;
  if (step.retest !== false && command.kind === 'unknown-until') walk.retested = step.id;
}

function describe(step: Step, scope: Scope, command: PlannedCommand): PlannedStep {
  const { id, action, risk } = step;
  return {
    id,
    name: step.name.render(scope),
    action: action.name,
    risk,
    undo: describeUndo(step.undo, scope),
    command,
  };
}

function describeUndo(undo: Undo, scope: Scope): string {
  switch (undo.kind) {
    case 'builtin':
      return 'undone by itself when the proof fails';
    case 'none':
      return `cannot be undone: ${undo.reason.render(scope)}`;
    case 'steps':
      return `undone by: ${undo.steps.map((step) => step.name.render(scope)).join(', ')}`;
    default:
      return unreachable(undo);
  }
}
