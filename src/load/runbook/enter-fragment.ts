import type { Place } from '../place.ts';
import type { RunbookContext } from './context.ts';
import type { Frame } from './frame.ts';
import { readInputs } from './inputs.ts';
import { RunbookTypes, type Extras } from './types.ts';

/** The types of the names in this file. */
export function typesOf(frame: Frame, { types, entered }: RunbookContext): RunbookTypes {
  return entered.get(frame) ?? types;
}

/** The types of a fragment at one include, made when the first of its steps is read. `place` and `extras`: those of the include. */
export function enterFragment(frame: Frame, place: Place, extras: Extras, context: RunbookContext): RunbookTypes {
  const known = context.entered.get(frame);
  if (known !== undefined || frame.include === undefined) return known ?? context.types;
  const { fragment } = frame.include;
  const types = new RunbookTypes(fragment.params, fragment.broken, frame, context.raw);
  context.entered.set(frame, types);
  insideOf(types, extras);
  types.takeFindings(context.types.findings);
  types.setInputs(readInputs(frame.include, place));
  return types;
}

/** What is known at an include and means the same in its fragment. */
export function insideOf({ table }: RunbookTypes, { item, result }: Extras): Extras {
  return {
    ...(item !== undefined && { item: table.take(item) }),
    ...(result !== undefined && { result: table.take(result) }),
  };
}
