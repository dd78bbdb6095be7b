import type { ErrorInfo } from '../model/error.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Runbook } from '../model/runbook.ts';
import { suggest } from '../util/suggest.ts';

/** Pure: why the group that `keep` protects cannot be looked at; undefined: it can, or there is none. */
export function missingKeepGroup({ name, limits }: Runbook, inventory: Inventory | undefined): ErrorInfo | undefined {
  const group = limits.keep?.group;
  if (group === undefined) return undefined;
  const wanted = `limits.keep of ${name} is for the group ${group}`;
  if (inventory === undefined) {
    const hint = `run it with an inventory that has the group ${group}, this machine in it with ansible_connection: local`;
    return { code: 'usage', message: `${wanted}, and with --local there are no groups`, hint };
  }
  const known = ['all', ...inventory.groups.map((each) => each.name)];
  if (known.includes(group)) return undefined;
  const nearest = suggest(group, known);
  const hint = nearest === undefined ? `${inventory.name} has ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { code: 'usage', message: `${wanted}, and ${inventory.name} has no such group`, hint };
}
