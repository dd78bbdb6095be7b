import type { Report } from '../report.ts';
import type { YamlEntry } from '../yaml/node.ts';
import type { GroupEntry, HostEntry, InventoryEntries } from './groups.ts';

const MOST_LEVELS = 32;

/** Which host is in which group, children included. */
export interface GroupTree {
  /** In the order of the file. */
  readonly names: readonly string[];
  /** In the order of the file. */
  hostsOf(group: string): readonly string[];
  /** From the weakest to the strongest: parents before children, then by name. `all` is always first. */
  groupsOf(host: string): readonly string[];
  readonly entries: InventoryEntries;
}

/** Works the nesting of groups out; a cycle, and a group with the name of a host, are reported and left out. */
export function resolveGroups(entries: InventoryEntries, report: Report): GroupTree {
  const depths = new Map<string, number>();
  for (const group of entries.groups.values()) {
    if (entries.hosts.has(group.name)) {
      const message = `${group.name} is both a group and a host`;
      report.error('E_GROUP', group.at, message, 'give one of them another name');
    }
    descend(group, [], depths, entries, report);
  }
  const members = new Map([...entries.groups.keys()].map((name) => [name, membersOf(name, entries)]));
  const groups = new Map<string, string[]>([...entries.hosts.keys()].map((host) => [host, ['all']]));
  const ordered = [...members].toSorted(([a], [b]) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a < b ? -1 : 1));
  for (const [name, hosts] of ordered) {
    if (name !== 'all') for (const host of hosts) groups.get(host)?.push(name);
  }
  return {
    names: [...entries.groups.keys()],
    hostsOf: (group) => [...(members.get(group) ?? [])],
    groupsOf: (host) => groups.get(host) ?? [],
    entries,
  };
}

/** The variables a host has, each from the strongest place that gives it. */
export function varsOf(host: HostEntry, tree: GroupTree): ReadonlyMap<string, YamlEntry> {
  const vars = new Map<string, YamlEntry>();
  for (const name of tree.groupsOf(host.name)) {
    for (const [variable, entry] of tree.entries.groups.get(name)?.vars ?? []) vars.set(variable, entry);
  }
  for (const [variable, entry] of host.vars) vars.set(variable, entry);
  return vars;
}

/** The depth of a group is that of its deepest parent, plus one; `all` is at 0, and around every other group. */
function descend(
  group: GroupEntry,
  path: readonly string[],
  depths: Map<string, number>,
  entries: InventoryEntries,
  report: Report,
): void {
  if (path.includes(group.name)) {
    const cycle = [...path.slice(path.indexOf(group.name)), group.name].join(' → ');
    report.error(
      'E_GROUP',
      group.at,
      `the group ${group.name} is inside itself: ${cycle}`,
      'remove one of the children',
    );
    return;
  }
  const known = depths.get(group.name);
  const depth = path[0] === 'all' || group.name === 'all' ? path.length : path.length + 1;
  if (depth > MOST_LEVELS) {
    report.error('E_DEPTH', group.at, `groups are nested deeper than ${MOST_LEVELS}`, 'make it flatter');
    return;
  }
  if (known !== undefined && known >= depth) return;
  depths.set(group.name, depth);
  for (const name of group.children) {
    const child = entries.groups.get(name);
    if (child !== undefined) descend(child, [...path, group.name], depths, entries, report);
  }
}

function membersOf(name: string, entries: InventoryEntries): ReadonlySet<string> {
  if (name === 'all') return new Set(entries.hosts.keys());
  const wanted = new Set<string>();
  const visited = new Set<string>();
  const visit = (group: string): void => {
    if (visited.has(group)) return;
    visited.add(group);
    for (const host of entries.groups.get(group)?.hosts ?? []) wanted.add(host);
    for (const child of entries.groups.get(group)?.children ?? []) visit(child);
  };
  visit(name);
  return new Set([...entries.hosts.keys()].filter((host) => wanted.has(host)));
}
