import type { Json } from '../util/json.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { EvaluationError, Scope } from './expression.ts';
import type { GroupLoop, Step } from './runbook.ts';

/** A part of a phase: one step, or the steps of a group that are carried out once for each item of its loop. */
export type Section =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'loop'; readonly loop: GroupLoop; readonly steps: readonly Step[] };

/** Pure: the steps of a phase, or those inside of `depth` loops, as what is carried out in turn. */
export function sectionsOf(steps: readonly Step[], depth = 0): readonly Section[] {
  const sections: Section[] = [];
  let rest = steps;
  for (;;) {
    const [step] = rest;
    if (step === undefined) return sections;
    const loop = step.groupLoops[depth];
    if (loop === undefined) {
      sections.push({ kind: 'step', step });
      rest = rest.slice(1);
      continue;
    }
    const end = rest.findIndex(({ groupLoops }) => groupLoops[depth] !== loop);
    const inside = end < 0 ? rest : rest.slice(0, end);
    sections.push({ kind: 'loop', loop, steps: inside });
    rest = rest.slice(inside.length);
  }
}

/** Pure: what is seen inside of a loop, at one of its items. */
export function enterLoop(scope: Scope, item: Json, index: number): Scope {
  const outer =
    scope.item === undefined || scope.index === undefined
      ? []
      : [...(scope.outerItems ?? []), { item: scope.item, index: scope.index }];
  return { ...scope, item, index, outerItems: outer };
}

/** Pure: what is seen outside of the innermost loops, so many of them. */
export function leaveLoops(scope: Scope, count: number): Scope {
  if (count === 0) return scope;
  const { item: _item, index: _index, outerItems = [], ...rest } = scope;
  const outer = outerItems.at(-1);
  return leaveLoops(outer === undefined ? rest : { ...rest, ...outer, outerItems: outerItems.slice(0, -1) }, count - 1);
}

/** Pure: which item of each loop around this is, outermost first; empty outside of loops. */
export function lapOf({ index, outerItems = [] }: Scope): string {
  return index === undefined ? '' : [...outerItems.map((outer) => outer.index), index].join('.');
}

/** Pure: the scopes of all items of these loops, one inside the other, in the order in which they are carried out. */
export function lapsOf(
  loops: readonly Pick<GroupLoop, 'list'>[],
  scope: Scope,
): Result<readonly Scope[], EvaluationError> {
  let laps: readonly Scope[] = [scope];
  for (const { list } of loops) {
    const inner: Scope[] = [];
    for (const lap of laps) {
      const items = list.evaluate(lap);
      if (!items.ok) return err(items.error);
      inner.push(...items.value.map((item, index) => enterLoop(lap, item, index)));
    }
    laps = inner;
  }
  return ok(laps);
}
