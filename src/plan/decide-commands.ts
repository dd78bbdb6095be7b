import { err, ok, type Result } from '../util/result.ts';
import { unreachable } from '../util/unreachable.ts';
import { delegateOf, expandEachLap, type StepProblem } from '../model/expand-step.ts';
import type { Scope } from '../model/expression.ts';
import { lapsOf } from '../model/loops.ts';
import type { PlannedCommand, PlannedStep } from '../model/plan.ts';
import type { StepResult } from '../model/result.ts';
import type { Runbook, Step } from '../model/runbook.ts';
import type { ItemLooks, Looks, Surveyed } from '../model/survey.ts';
import { stepsReadBy } from '../model/step-references.ts';
import { whyNeedless } from '../model/verdict.ts';
import { exactCommand, touchedBy } from './exact-command.ts';

/** What is known while walking down the fix steps of one host. */
interface Walk {
  readonly fix: readonly Step[];
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
  const walk: Walk = {
    fix: runbook.fix,
    scope: { ...scope, steps: results },
    results,
    open: new Set(),
    looks,
    touched: new Map(),
  };
  const planned: PlannedStep[] = [];
  for (const step of runbook.fix) {
    const command = decideCommand(step, walk);
    if (!command.ok) return err(`${step.name.render(walk.scope)} cannot be sent: ${command.error.error}`);
    note(step, command.value, walk);
    planned.push(describe(step, walk.scope, command.value));
  }
  if (walk.lastSent !== undefined) return ok(planned);
  const reasons = planned.map(
    ({ id, command }) => `${id}: ${command.kind === 'skipped' ? command.reason : 'already so'}`,
  );
  return err(`no fix step applies: ${reasons.join('; ')}`);
}

function decideCommand(step: Step, walk: Walk): Result<PlannedCommand, StepProblem> {
  const needless = whyNeedless(step, (name) => walk.scope.findings.get(name)?.present === true);
  if (needless !== undefined) return ok({ kind: 'skipped', reason: needless });
  const until = [...stepsReadBy(step)].find((id) => walk.open.has(id)) ?? walk.retested;
  if (until !== undefined) return ok({ kind: 'unknown-until', step: until });
  const again = others(step, walk).find(({ retest }) => retest !== false);
  if (again !== undefined) return ok({ kind: 'unknown-until', step: again.id });
  // Its own re-test follows what was sent before; when nothing was, it sees what the run's first re-test sees.
  if (step.retest !== false && walk.lastSent !== undefined) return ok({ kind: 'unknown-until', step: walk.lastSent });
  const { scope, looks, lastSent } = walk;
  const command = exactCommand(step, { scope, looks, lastSent, touchedBy: (path) => toucherOf(step, path, walk) });
  return command.ok ? command : stepProblem(step, command.error);
}

/**
 * Pure: in a group with a loop every step is sent for the first item before any is sent for the second. So a step follows its own
 * re-test, and the changes of those after it, too. Empty when there is one item or none.
 */
function others(step: Step, walk: Walk): readonly Step[] {
  const [outermost] = step.groupLoops;
  const laps = lapsOf(step.groupLoops, walk.scope);
  if (outermost === undefined || !laps.ok || laps.value.length < 2) return [];
  return walk.fix.filter(({ groupLoops }) => groupLoops[0] === outermost);
}

/** Which step changes this file before the step is sent for its last item. */
function toucherOf(step: Step, path: string, walk: Walk): string | undefined {
  const before = walk.touched.get(path);
  if (before !== undefined) return before;
  const later = others(step, walk).find(({ id }) => id !== step.id && pathsOf(id, walk).includes(path));
  if (later !== undefined) return later.id;
  return pathsOf(step.id, walk).filter((touched) => touched === path).length > 1 ? step.id : undefined;
}

function pathsOf(id: string, { looks }: Walk): readonly string[] {
  return (looks.get(id) ?? []).flatMap(touchedBy);
}

/** What a step that has nothing to do will have as its result. */
function settledResult(step: Step, looks: ItemLooks): StepResult {
  const results = looks.flatMap((look): StepResult[] =>
    look?.kind === 'none' ? [{ status: 'ok', error: '', output: look.output }] : [],
  );
  const [only] = results;
  const looped = step.loop !== undefined || step.groupLoops.length > 0;
  return !looped && only !== undefined ? only : { status: 'ok', error: '', results };
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
    // Inside of the group it means the result of the same item, which differs.
    if (step.groupLoops.length > 0) walk.open.add(step.id);
    return;
  }
  for (const path of pathsOf(step.id, walk)) walk.touched.set(path, step.id);
  walk.open.add(step.id);
  walk.lastSent = step.id;
  if (step.retest !== false && command.kind === 'unknown-until') walk.retested = step.id;
}

function describe(step: Step, scope: Scope, command: PlannedCommand): PlannedStep {
  const { id, action, risk } = step;
  return {
    id,
    name: nameOf(step, scope),
    action: action.name,
    risk,
    ...(step.once === true && { once: step.once }),
    undo: describeUndo(step, scope),
    command,
  };
}

function nameOf(step: Step, scope: Scope): string {
  return ofItems(step, scope, (lap) => step.name.render(lap));
}

/** A text of a step; of a loop, those of its items, the first few that differ. */
function ofItems(step: Step, scope: Scope, render: (lap: Scope) => string): string {
  const laps = lapsOf([...step.groupLoops, ...(step.loop === undefined ? [] : [{ list: step.loop }])], scope);
  const texts = laps.ok ? [...new Set(laps.value.map(render))] : [];
  const more = texts.length > MOST_NAMES ? [`and ${texts.length - MOST_NAMES} more`] : [];
  return texts.length === 0 ? render(scope) : [...texts.slice(0, MOST_NAMES), ...more].join(', ');
}

const MOST_NAMES = 3;

function describeUndo(undone: Step, scope: Scope): string {
  const { undo, action, effect } = undone;
  if (effect === 'reads') return 'only reads';
  switch (undo.kind) {
    case 'builtin':
      return action.undo?.kind === 'builtin' ? `if not proven: ${action.undo.how}` : '';
    case 'none':
      return `cannot be undone: ${ofItems(undone, scope, (lap) => undo.reason.render(lap))}`;
    case 'steps':
      return `undone by: ${undo.steps
        .map((step) => ofItems(undone, scope, (lap) => describeUndoStep(step, lap)))
        .join(', then ')}`;
    default:
      return unreachable(undo);
  }
}

/** Its name where the author gave one, else the command, as far as that is known before the step; and where it is carried out. */
function describeUndoStep(step: Step, scope: Scope): string {
  const delegate = delegateOf(step, scope);
  const where = delegate.ok && delegate.value !== undefined ? ` on ${delegate.value}` : '';
  return `${whatUndoes(step, scope)}${where}`;
}

function whatUndoes(step: Step, scope: Scope): string {
  const name = step.name.render(scope);
  if (name !== step.action.name || step.action.work.kind !== 'script') return name;
  const expanded = expandEachLap(step, scope);
  const sent = expanded.ok ? expanded.value.items.map(({ decision }) => decision) : [];
  const summaries = sent.flatMap((decision) =>
    decision.kind === 'send' && decision.composed.script !== undefined ? [decision.composed.script.summary] : [],
  );
  return summaries.length > 0 ? summaries.join(', ') : name;
}
