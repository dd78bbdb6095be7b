import type { Inventory } from '../../src/model/inventory.ts';
import { inventory, inventoryHost } from '../support/hosts.ts';
import type { Described } from './answers.ts';

/** What Ansible made of an inventory, as if our loader had read it: for patterns, whatever the loader does. */
export function asInventory({ hosts, groups }: Described): Inventory {
  const all = groups.find(({ name }) => name === 'all');
  return inventory({
    hosts: hosts.map((name) => inventoryHost(name)),
    groups: groups.filter(({ name, hosts: members }) => name !== 'all' && (name !== 'ungrouped' || members.length > 0)),
    ...(all !== undefined && { all }),
  });
}
