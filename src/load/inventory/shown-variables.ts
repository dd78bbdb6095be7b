import type { VariableOrigin } from '../../model/inventory.ts';
import { Secret } from '../../util/secret.ts';
import { isSecretVariable } from './connection/connection-variables.ts';
import { rangeOf, type Variable } from './entries.ts';
import type { Layered } from './layers.ts';

/** By their names, as they may be shown: a password that is written in clear text is a `Secret`. */
export const shownVariables = (variables: Iterable<Variable>): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...variables].map((variable) => [variable.name, shownValue(variable)]));

/** Where a variable of a host comes from, the strongest place first. */
export function originsOf(layered: Layered | undefined, variable: string): readonly VariableOrigin[] {
  return (layered?.layers ?? []).toReversed().flatMap(({ place, vars }) => {
    const found = vars.get(variable);
    if (found === undefined) return [];
    const { where } = found;
    return [{ place, value: shownValue(found), ...('lines' in where && { at: rangeOf(where) }) }];
  });
}

function shownValue({ name, value }: Variable): unknown {
  const isClear =
    isSecretVariable(name) && (typeof value === 'number' || (typeof value === 'string' && !NAME.test(value)));
  return isClear ? new Secret(String(value)) : value;
}

/** Only says where the password is. */
const NAME = /^\s*\{\{\s*[A-Za-z_]\w*\s*\}\}\s*$/;
