import { leaveLoops } from '../../model/loops.ts';
import type { HiddenName, Input, Inputs } from '../expression/typed-scope.ts';

/** What is given to a fragment, where so many loops were entered since its include: it is evaluated outside of them. */
export function inputsAt(inputs: Inputs, laps: number): Inputs {
  if (laps === 0) return inputs;
  const outside = (input: Input): Input => ({
    references: input.references,
    evaluate: (scope) => input.evaluate(leaveLoops(scope, laps)),
  });
  return new Map([...inputs].map(([name, input]) => [name, outside(input)]));
}

interface Known {
  readonly item?: unknown;
  readonly ownResult?: boolean;
}

/** Why a param cannot be read in a place: what an include gives may need a name that means nothing, or something else, where the param is read. */
export function hiddenInputs(inputs: Inputs, { item, ownResult }: Known): readonly (readonly [string, HiddenName])[] {
  return [...inputs].flatMap(([name, { references }]) => {
    const without = (missing: string): readonly [string, HiddenName] => [
      `params.${name}`,
      {
        message: `the include gives params.${name} from ${missing}, which is not known here`,
        hint: 'read it in another key, or give the include something else',
      },
    ];
    if (references.item === true && item === undefined) return [without('item or index')];
    return references.result === true && ownResult === true ? [without('result')] : [];
  });
}
