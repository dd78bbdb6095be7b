import type { Scope } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';

/** Pure: what a step is called in a reason; one without a name of its own by its id, as several may have the same action. */
export function nameOf(step: Pick<Step, 'id' | 'name' | 'action'>, scope: Scope): string {
  return ownName(step, step.name.render(scope));
}

/** Pure: the same of a name that was recorded. */
export function ownName({ id, action }: Pick<Step, 'id' | 'action'>, name: string): string {
  return name === action.name ? id : name;
}
