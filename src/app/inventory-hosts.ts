import type { ErrorInfo } from '../model/error.ts';
import type { InventoryHost } from '../model/host.ts';
import type { Inventory } from '../model/inventory.ts';
import { selectHosts } from '../plan/select-hosts.ts';
import { err, ok, type Result } from '../util/result.ts';
import { suggest } from '../util/suggest.ts';
import { readNamesFrom } from './limit-file.ts';
import type { Surroundings } from './surroundings.ts';
import { because, type Trouble } from './trouble.ts';

/** The hosts of a pattern, or all in the order of `all`. */
export function hostsOf(
  inventory: Inventory,
  { pattern = 'all', limit }: { readonly pattern?: string | undefined; readonly limit?: string | undefined },
  surroundings: Surroundings,
): Result<readonly InventoryHost[], Trouble> {
  const selected = selectHosts(inventory, { pattern, limit }, readNamesFrom(surroundings));
  return selected.ok ? selected : err(because(selected.error));
}

/** The host of exactly this name. */
export function hostNamed(inventory: Inventory, name: string): Result<InventoryHost, ErrorInfo> {
  const host = inventory.hosts.find((each) => each.name === name);
  if (host !== undefined) return ok(host);
  const isGroup = name === 'all' || inventory.groups.some((group) => group.name === name);
  const names = inventory.hosts.map((each) => each.name);
  const nearest = suggest(name, names);
  const message = `${inventory.name} has no host ${JSON.stringify(name)}`;
  const hint = isGroup
    ? `that is a group; its hosts: runbook inventory list ${name}`
    : nearest === undefined
      ? 'runbook inventory list shows all hosts'
      : `did you mean ${nearest}?`;
  return err({ code: 'usage', message, hint });
}
