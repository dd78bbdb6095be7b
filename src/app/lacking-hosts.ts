import type { ErrorInfo } from '../model/error.ts';
import type { InventoryHost } from '../model/host.ts';

/** A host that was chosen by its name and to which the inventory has no way. */
export interface LackingHost {
  readonly name: string;
  readonly error: ErrorInfo;
}

/** Pure: of these names, those that the inventory does not have any more, or not so that they can be reached. */
export function lackingHosts(
  names: readonly string[],
  chosen: readonly InventoryHost[],
  inventory: string,
): readonly LackingHost[] {
  const known = new Map(chosen.map((host) => [host.name, host]));
  return names.flatMap((name) => {
    const host = known.get(name);
    if (host === undefined) return { name, error: gone(name, inventory) };
    const problem = host.problems.find(({ severity }) => severity === 'error');
    if (problem === undefined) return [];
    const { message, hint = BRING_BACK } = problem;
    return { name, error: { code: 'bad-file', message, hint } };
  });
}

function gone(name: string, inventory: string): ErrorInfo {
  return { code: 'refused', message: `${inventory} has no host ${name} any more`, hint: BRING_BACK };
}

const BRING_BACK = 'correct the inventory and resume the run again, or look at the host by hand';
