import type { LoadedInventory } from '../../src/load/inventory.ts';
import { openVaulted } from '../../src/load/vaulted-secret.ts';

import { inventoryAsJson, plainJson } from '../../src/cli/inventory-json.ts';
import { Secret } from '../../src/util/secret.ts';
import type { AnsibleGroup, Answer } from './answers.ts';

/** How an inventory is understood, by Ansible or by us, in one form; why it is refused is said in other words by each. */
export type Understood = 'refused' | Understanding;

interface Understanding {
  /** In the order in which they are found. */
  readonly hosts: readonly string[];
  readonly groups: readonly AnsibleGroup[];
  /** By host, sorted. */
  readonly groupsOf: Readonly<Record<string, readonly string[]>>;
  /** By host; those that have none are left out. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The groups of `ansible-inventory --list`. */
  readonly list: unknown;
}

/** `folder`: where the files were, for values that have it in them. */
export function asAnsible(answer: Answer, folder: string): Understood {
  if (answer.error !== undefined) return 'refused';
  const { _meta, ...list } = answer.list;
  return near(folder, {
    hosts: answer.hosts,
    // What is in no group stands in `all`, or not, depending on the form; nothing Ansible shows tells which.
    groups: answer.groups
      .filter(({ name, hosts }) => name !== 'ungrouped' || hosts.length > 0)
      .map((group) => (group.name === 'all' ? { ...group, ownHosts: [] } : group)),
    groupsOf: answer.hostGroups,
    variables: _meta.hostvars,
    list,
  });
}

/** Opens the vaults in it: Ansible's answer has their values. */
export async function asOurs({ inventory }: LoadedInventory, folder: string): Promise<Understood> {
  if (inventory === undefined) return 'refused';
  const { hosts, all, groups } = inventory;
  await openVaulted(hosts.flatMap(({ name }) => Object.values(inventory.variables(name))));
  const variables = hosts.map(({ name }) => [name, revealed(inventory.variables(name))] as const);
  const { _meta, ...list } = inventoryAsJson(inventory, hosts);
  return near(folder, {
    hosts: hosts.map(({ name }) => name),
    groups: [{ ...all, ownHosts: [] }, ...groups],
    groupsOf: Object.fromEntries(hosts.map((host) => [host.name, ['all', ...host.groups].toSorted()])),
    variables: Object.fromEntries(variables.filter(([, own]) => Object.keys(own as object).length > 0)),
    list,
  });
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, revealed(member)]));
}

/** As JSON has it, keys in order, with paths as from the folder. */
function near(folder: string, understanding: Understanding): Understanding {
  return JSON.parse(JSON.stringify(plainJson(understanding)).replaceAll(`${folder}/`, '')) as Understanding;
}
