import { isIP } from 'node:net';
import type { Group } from '../../model/inventory.ts';
import type { GroupEntry, InventoryEntries } from './entries.ts';

/** Which host is in which group, children included. */
export interface GroupTree {
  /** With the hosts in the order in which Ansible lists them for `all`. */
  readonly all: Group;
  /** As they are named first; without `all`, and with `ungrouped` when it has a host. */
  readonly groups: readonly Group[];
  /** From the weakest to the strongest: parents before children, then by priority, then by name. `all` is always first. */
  groupsOf(host: string): readonly string[];
}

/**
 * Works the nesting of groups out, as Ansible's `reconcile_inventory` does: groups without a parent belong to `all`, hosts without a
 * group to `ungrouped`, and no others. Changes the entries so.
 */
export function resolveGroups(entries: InventoryEntries): GroupTree {
  for (const group of entries.groups.values()) {
    if (group.name !== 'all' && group.parents.size === 0) entries.addChild('all', group.name);
  }
  settleUngrouped(entries);
  const members = new Map([...entries.groups.values()].map((group) => [group.name, membersOf(group, entries)]));
  const groupsOf = new Map<string, string[]>([...entries.hosts.keys()].map((host) => [host, []]));
  for (const name of fromWeakest(entries)) {
    for (const host of members.get(name) ?? []) groupsOf.get(host)?.push(name);
  }
  return {
    all: groupOf(entries.addGroup('all'), members),
    groups: [...entries.groups.values()]
      .filter(({ name, hosts }) => name !== 'all' && (name !== 'ungrouped' || hosts.size > 0))
      .map((group) => groupOf(group, members)),
    groupsOf: (host) => groupsOf.get(host) ?? [],
  };
}

function settleUngrouped({ groups, hosts }: InventoryEntries): void {
  const ungrouped = groups.get('ungrouped');
  const grouped = new Set<string>();
  for (const group of groups.values()) {
    if (group.name === 'all' || group === ungrouped) continue;
    for (const host of group.hosts) grouped.add(host);
  }
  // Where ungrouped is in a group itself, Ansible takes its hosts for grouped, and takes them out of it.
  const isChild = [...(ungrouped?.parents ?? [])].some((parent) => parent !== 'all');
  for (const host of hosts.keys()) {
    const wasThere = ungrouped?.hosts.has(host) === true;
    if (grouped.has(host) || (isChild && wasThere)) ungrouped?.hosts.delete(host);
    else ungrouped?.hosts.add(host);
  }
}

/** The hosts of the group, then those of its children, level by level. */
function membersOf(group: GroupEntry, { groups }: InventoryEntries): readonly string[] {
  const names = new Set([group.name]);
  const hosts = new Set<string>();
  for (const name of names) {
    const each = groups.get(name);
    for (const host of each?.hosts ?? []) hosts.add(host);
    for (const child of each?.children ?? []) names.add(child);
  }
  return [...hosts];
}

function fromWeakest({ groups }: InventoryEntries): readonly string[] {
  const depths = depthsOf(groups);
  const depthOf = (name: string): number => depths.get(name) ?? 0;
  return [...groups.values()]
    .toSorted((a, b) => depthOf(a.name) - depthOf(b.name) || a.priority - b.priority || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** How many groups each is in, one in another, by the longest way. */
export function depthsOf(groups: ReadonlyMap<string, GroupEntry>): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const parentsLeft = new Map([...groups.values()].map(({ name, parents }) => [name, parents.size]));
  const ready = [...groups.keys()].filter((name) => parentsLeft.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    const depth = (depths.get(name) ?? 0) + 1;
    for (const child of groups.get(name)?.children ?? []) {
      depths.set(child, Math.max(depth, depths.get(child) ?? 0));
      const left = (parentsLeft.get(child) ?? 0) - 1;
      parentsLeft.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return depths;
}

function groupOf({ name, hosts, children }: GroupEntry, members: ReadonlyMap<string, readonly string[]>): Group {
  return { name, hosts: members.get(name) ?? [], ownHosts: [...hosts], children: [...children] };
}

/** `inventory_hostname_short` of Ansible. */
export const shortName = (name: string): string => (isIP(name) === 0 ? (name.split('.')[0] ?? name) : name);
