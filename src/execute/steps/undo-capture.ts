import type { PlannedUndo } from '../../model/step-event.ts';
import { expandStep, type ExpandedStep } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import { enterLoop, lapOf, sectionsOf } from '../../model/loops.ts';
import { recordedScript } from '../../model/render-script.ts';
import type { GroupLoop, Step } from '../../model/runbook.ts';
import { readsResult } from '../../model/step-references.ts';
import { onOf } from './step-events.ts';
import type { Json } from '../../util/json.ts';

/** A declared undo as it was before its step was sent. What is absent depends on the step's result. */
export interface CapturedUndo {
  listOf(loop: GroupLoop, scope: Scope): readonly Json[] | undefined;
  expanded(step: Step, scope: Scope): ExpandedStep | undefined;
  /** In the order in which they would be carried out. */
  readonly steps: readonly CapturedStep[];
  /** In a resumed run: it is not what was recorded before the step was sent, and may not be. */
  readonly isOther?: true;
}

interface CapturedStep {
  readonly step: Step;
  readonly expanded: ExpandedStep;
}

/** Pure: evaluates what does not depend on `result` while it is still true. */
export function captureUndo(step: Step, scope: Scope): CapturedUndo {
  const lists = new Map<string, readonly Json[]>();
  const steps = new Map<string, CapturedStep>();
  const walk = (inside: readonly Step[], depth: number, lap: Scope): void => {
    for (const section of sectionsOf(inside, depth)) {
      if (section.kind === 'step') {
        const expanded = capture(section.step, lap);
        if (expanded !== undefined) steps.set(keyOf(section.step, lap), { step: section.step, expanded });
        continue;
      }
      const { loop } = section;
      const list = loop.list.references.result === true ? undefined : loop.list.evaluate(lap);
      if (list?.ok !== true) continue;
      lists.set(keyOf(loop, lap), list.value);
      for (const [index, item] of list.value.entries()) walk(section.steps, depth + 1, enterLoop(lap, item, index));
    }
  };
  if (step.undo.kind === 'steps') walk(step.undo.steps, 0, scope);
  return {
    listOf: (loop, lap) => lists.get(keyOf(loop, lap)),
    expanded: (undo, lap) => steps.get(keyOf(undo, lap))?.expanded,
    steps: [...steps.values()],
  };
}

/** Pure: the same for the record. */
export function plannedUndo({ steps }: CapturedUndo): readonly PlannedUndo[] {
  return steps.flatMap(({ step, expanded }) =>
    expanded.items.flatMap(({ decision, scope }) => {
      if (decision.kind !== 'send' || decision.composed.script === undefined) return [];
      const item = scope.item === undefined ? {} : { item: scope.item };
      const script = recordedScript(decision.composed.script, step, step.name.render(scope));
      return [{ step: step.id, action: step.action.name, ...script, ...item, ...onOf(decision.composed) }];
    }),
  );
}

function capture(undo: Step, scope: Scope): ExpandedStep | undefined {
  if (readsResult(undo)) return undefined;
  const expanded = expandStep(undo, scope);
  if (!expanded.ok || expanded.value.items.some(({ decision }) => decision.kind === 'fail')) return undefined;
  return expanded.value;
}

function keyOf({ id }: { readonly id: string }, scope: Scope): string {
  return `${id} ${lapOf(scope)}`;
}
