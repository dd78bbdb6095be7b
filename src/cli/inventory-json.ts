import type { InventoryHost } from '../model/host.ts';
import type { Group, Inventory } from '../model/inventory.ts';
import { SecretName } from '../model/scalar-literal.ts';
import { Secret } from '../util/secret.ts';

/** JSON as Ansible prints it: four spaces, keys by their names. */
export const jsonText = (value: unknown): string => JSON.stringify(plainJson(value), undefined, 4);

/**
 * What `ansible-inventory --list` prints: each group that has hosts or children, `all` with its children only, and the variables
 * of each host that has some under `_meta`. Of groups only the hosts that were chosen. A secret is its mask or `!secret NAME`.
 */
export function inventoryAsJson(
  inventory: Inventory,
  chosen: readonly InventoryHost[],
): Readonly<Record<string, unknown>> {
  const names = new Set(chosen.map(({ name }) => name));
  const groups = [{ ...inventory.all, ownHosts: [] }, ...inventory.groups].flatMap((group): [string, object][] => {
    const body = groupBody(group, names);
    return Object.keys(body).length === 0 ? [] : [[group.name, body]];
  });
  const variables = chosen.map(({ name }): [string, object] => [name, inventory.variables(name)]);
  const hostvars = Object.fromEntries(variables.filter(([, vars]) => Object.keys(vars).length > 0));
  return { ...Object.fromEntries(groups), _meta: { hostvars } };
}

function groupBody({ ownHosts, children }: Group, chosen: ReadonlySet<string>): object {
  const hosts = ownHosts.filter((name) => chosen.has(name));
  return { ...(hosts.length > 0 && { hosts }), ...(children.length > 0 && { children }) };
}

/** Keys in order, secrets not shown. */
export function plainJson(value: unknown): unknown {
  if (value instanceof Secret) return value.toJSON();
  if (value instanceof SecretName) return `!secret ${value.name}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value); // JSON has no word for it
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, plainJson(member)]);
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
