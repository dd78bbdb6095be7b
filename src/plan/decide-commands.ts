import { err, ok, type Result } from '../util/result.ts';
import { sha256 } from '../util/sha256.ts';
import { unreachable } from '../util/unreachable.ts';
import { expandStep, type ExpandedItem, type StepProblem } from '../model/expand-step.ts';
import type { Scope } from '../model/expression.ts';
import type { PlannedCommand, PlannedStep } from '../model/plan.ts';
import { renderScript } from '../model/render-script.ts';
import type { StepResult } from '../model/result.ts';
import type { Runbook, Step, Undo } from '../model/runbook.ts';
import { stepsReadBy } from '../model/step-references.ts';

/** What is known while walking down the fix steps of one host. */
interface Walk {
  readonly scope: Scope;
  readonly results: Map<string, StepResult>;
  /** Steps whose results only a run can tell. */
  readonly open: Set<string>;
  /** The last step that would be sent, and the last that reads the diagnosis anew: all after it depends on what it sees. */
  lastSent?: string;
  retested?: string;
}

/**
 * Pure. The exact command of each fix step as far as it can be known without changing anything; or why no repair can be begun: no
 * step applies, or one that may not fail is known beforehand to fail.
 */
export function decideCommands(runbook: Runbook, scope: Scope): Result<readonly PlannedStep[], string> {
  const results = new Map(scope.steps);
  const walk: Walk = { scope: { ...scope, steps: results }, results, open: new Set() };
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
  return exactCommand(step, walk.scope);
}

function exactCommand(step: Step, scope: Scope): Result<PlannedCommand, StepProblem> {
  const expanded = expandStep(step, scope);
  if (!expanded.ok) return stepProblem(step, expanded.error);
  const sent: { summary: string; text: string }[] = [];
  const skipped: string[] = [];
  for (const item of expanded.value.items) {
    const { decision } = item;
    if (decision.kind === 'fail') return stepProblem(step, decision.problem);
    if (decision.kind === 'skip') skipped.push(decision.why);
    else sent.push(commandOf(step, item, decision.composed.script));
  }
  if (sent.length === 0) return ok({ kind: 'skipped', reason: skipped[0] ?? 'its loop has no items' });
  const summary = sent.map((command) => command.summary).join('\n');
  const text = sent.map((command) => command.text).join('\n');
  return ok({ kind: 'exact', summary, text, sha256: sha256(JSON.stringify(sent.map((command) => command.text))) });
}

function commandOf(
  step: Step,
  item: ExpandedItem,
  script: Parameters<typeof renderScript>[0] | undefined,
): { summary: string; text: string } {
  if (script !== undefined) return renderScript(script);
  const name = step.name.render(item.scope);
  return { summary: name, text: name };
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
