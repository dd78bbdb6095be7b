import type { Shape } from '../expression/shape.ts';
import type { HiddenName, TypedScope } from '../expression/typed-scope.ts';
import type { Frame } from './frame.ts';
import { HIDDEN } from './known-names.ts';
import type { RawStep } from './raw-step.ts';

/**
 * Pure: the names of a runbook that are not known at a place where these variables and findings are, and why. `steps` and `findings`: all
 * that there are.
 */
export function hiddenNames(
  frame: Frame,
  steps: readonly RawStep[],
  findings: Iterable<string>,
  known: TypedScope['findings'],
  variables: ReadonlyMap<string, Shape>,
): ReadonlyMap<string, HiddenName> {
  const hidden = new Map(HIDDEN);
  for (const step of steps) {
    const name = frame.names.get(step.id);
    if (name === undefined) continue;
    const message = `the step ${name} (${step.phase}) has not run yet here`;
    hidden.set(name, { message, hint: 'a step can be read by what comes after it: move it up, or move this' });
  }
  for (const [id, fragment] of frame.includes)
    hidden.set(id, { message: `${id} is an include, not a step`, hint: `name a step of ${fragment}: ${id}_...` });
  for (const name of findings) {
    if (known.has(name)) continue;
    hidden.set(`findings.${name}`, {
      message: `the finding ${name} is not known yet here`,
      hint: 'a finding can read those before it: change their order',
    });
  }
  for (const name of variables.keys()) hidden.delete(name);
  return hidden;
}
