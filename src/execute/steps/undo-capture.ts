import type { PlannedUndo } from '../../model/event.ts';
import { expandStep, type ExpandedStep } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import { renderScript } from '../../model/render-script.ts';
import type { Step } from '../../model/runbook.ts';
import { readsResult } from '../../model/step-references.ts';

/** Steps of a declared undo as they were before the step was sent. Absent: it depends on the step's result. */
export type CapturedUndo = ReadonlyMap<string, ExpandedStep>;

/** Pure: evaluates what does not depend on `result` while it is still true. */
export function captureUndo(step: Step, scope: Scope): CapturedUndo {
  const captured = new Map<string, ExpandedStep>();
  if (step.undo.kind !== 'steps') return captured;
  for (const undo of step.undo.steps) {
    if (readsResult(undo)) continue;
    const expanded = expandStep(undo, scope);
    if (!expanded.ok || expanded.value.items.some(({ decision }) => decision.kind === 'fail')) continue;
    captured.set(undo.id, expanded.value);
  }
  return captured;
}

/** Pure: the same for the record. */
export function plannedUndo(step: Step, captured: CapturedUndo): readonly PlannedUndo[] {
  if (step.undo.kind !== 'steps') return [];
  return step.undo.steps.flatMap((undo) =>
    (captured.get(undo.id)?.items ?? []).flatMap(({ decision, scope }) => {
      if (decision.kind !== 'send' || decision.composed.script === undefined) return [];
      const item = scope.item === undefined ? {} : { item: scope.item };
      return [{ step: undo.id, action: undo.action.name, ...renderScript(decision.composed.script), ...item }];
    }),
  );
}
