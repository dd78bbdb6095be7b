import type { InventoryHost } from '../model/host.ts';
import type { Group, Inventory } from '../model/inventory.ts';
import type { Diagnostic, SourceFile, SourceRange } from '../model/source.ts';
import { isBecomePassword, warnOfPasswords } from './inventory/become-password.ts';
import { readConnection, type LoginUser } from './inventory/connection.ts';
import { readGroups, type HostEntry, type InventoryEntries } from './inventory/groups.ts';
import { resolveGroups, varsOf, type GroupTree } from './inventory/group-tree.ts';
import { MOST_HOSTS } from './inventory/host-range.ts';
import { Report } from './report.ts';
import { readDocument } from './yaml.ts';
import { plainValue, type YamlEntry } from './yaml/node.ts';

export interface LoadedInventory {
  /** Absent when there is an error. */
  readonly inventory?: Inventory;
  /** Where the variable that a host has is written: its own, or that of its nearest group. */
  readonly locate: (host: string, variable: string) => SourceRange | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING: InventoryEntries = { groups: new Map(), hosts: new Map() };

/**
 * Reads an inventory in Ansible's YAML form. Variables of a host win over those of its groups, a child group's over its
 * parent's, and among groups of one depth the later name's. All of the file's errors are reported at once.
 */
export function loadInventory(source: SourceFile, login: LoginUser): LoadedInventory {
  const report = new Report(source);
  if (isOtherForm(source, report)) return { locate: () => undefined, diagnostics: report.diagnostics };
  const root = readDocument(report, { maxKeys: MOST_HOSTS, lenient: true });
  const entries: InventoryEntries = root === undefined ? NOTHING : readGroups(root, report);
  const tree = resolveGroups(entries, report);
  const vars = new Map([...entries.hosts.values()].map((host) => [host, varsOf(host, tree)]));
  const hosts = [...vars].map(([host, own]) => readHost(host, own, tree, login, report));
  warnOfPasswords(vars.values(), report);
  checkSameMachine(hosts, entries, report);
  if (root !== undefined && hosts.length === 0 && !report.failed) {
    report.error('E_EMPTY', root.at, 'the inventory has no host', 'put hosts under all: hosts:');
  }
  return {
    ...(!report.failed && { inventory: inventoryOf(source, hosts, tree) }),
    locate: (host, variable) => {
      const known = entries.hosts.get(host);
      const entry = known && vars.get(known)?.get(variable);
      return entry === undefined ? undefined : report.lines.range(entry.value.at);
    },
    diagnostics: report.diagnostics,
  };
}

/** A file that is not YAML at all deserves a better answer than the YAML parser's. */
function isOtherForm({ text }: SourceFile, report: Report): boolean {
  const first = /^(?:\s*[#;][^\r\n]*[\r\n]+|\s+)*([^\r\n]*)/.exec(text)?.[1] ?? '';
  const isScript = text.startsWith('#!');
  if (!isScript && !/^\[[^\]]*\]\s*$/.test(first)) return false;
  const what = isScript ? 'a program that makes an inventory' : "Ansible's INI form";
  const hint = 'make a YAML file of it: ansible-inventory -i FILE --list --yaml > inventory.yaml';
  report.error('E_UNSUPPORTED', { start: 0, end: 0 }, `this is ${what}; only the YAML form is read`, hint);
  return true;
}

function readHost(
  host: HostEntry,
  vars: ReadonlyMap<string, YamlEntry>,
  tree: GroupTree,
  login: LoginUser,
  report: Report,
): InventoryHost {
  return {
    name: host.name,
    ...readConnection(host, vars, login, report),
    problems: [],
    groups: tree.groupsOf(host.name).filter((group) => group !== 'all'),
    vars: Object.fromEntries(
      [...vars]
        .filter(([variable]) => !isBecomePassword(variable))
        .map(([variable, entry]) => [variable, plainValue(entry.value)]),
    ),
  };
}

/** Two names for one machine would count it twice, and repair it twice at once. */
function checkSameMachine(hosts: readonly InventoryHost[], entries: InventoryEntries, report: Report): void {
  const first = new Map<string, string>();
  for (const { name, address, port, connection } of hosts) {
    const machine = connection === 'local' ? 'this machine' : `${address} port ${port ?? 22}`;
    const other = first.get(machine);
    const entry = entries.hosts.get(name);
    if (other === undefined) first.set(machine, name);
    else if (entry !== undefined) {
      const hint = 'remove one of the two names';
      report.error('E_DUPHOST', entry.at, `${name} and ${other} are the same machine: ${machine}`, hint);
    }
  }
}

function inventoryOf({ file }: SourceFile, hosts: readonly InventoryHost[], tree: GroupTree): Inventory {
  return { name: file, sources: [file], hosts, groups: groupsOf(tree), origins: () => [] };
}

function groupsOf(tree: GroupTree): readonly Group[] {
  return tree.names
    .filter((name) => name !== 'all')
    .map((name) => {
      const group = tree.entries.groups.get(name);
      return {
        name,
        hosts: tree.hostsOf(name),
        ownHosts: [...(group?.hosts ?? [])],
        children: [...(group?.children ?? [])],
      };
    });
}
