import type { InventoryHost } from '../model/host.ts';
import type { Group, Inventory } from '../model/inventory.ts';
import type { Diagnostic, SourceFile, SourceRange } from '../model/source.ts';
import { ON_DISK } from './inventory/disk.ts';
import type { InventoryFiles } from './inventory/files.ts';
import { isBecomePassword, warnOfPasswords } from './inventory/become-password.ts';
import { readConnection, type LoginUser } from './inventory/connection.ts';
import { readGroups, type HostEntry, type InventoryEntries } from './inventory/groups.ts';
import { resolveGroups, varsOf, type GroupTree } from './inventory/group-tree.ts';
import { MOST_HOSTS } from './inventory/host-range.ts';
import { aboutFile } from './read-file.ts';
import { Report } from './report.ts';
import { readDocument } from './yaml.ts';
import { plainValue, type YamlEntry } from './yaml/node.ts';

export interface InventoryRequest {
  /** Full paths of files, directories and programs, and lists of hosts with a comma in them; the later one is the stronger. */
  readonly sources: readonly string[];
  readonly login: LoginUser;
  /** What holds for hosts of which the inventory says nothing, as from ansible.cfg. */
  readonly defaults?: readonly ConnectionDefault[];
  /** Where the passwords of vaults are; looked at only when there is a vault. */
  readonly vaultPasswords?: readonly VaultPasswordSource[];
}

/** A setting by the name of the variable that would be stronger: `ansible_user`, `ansible_ssh_args`. */
export interface ConnectionDefault {
  readonly variable: string;
  readonly value: string;
  readonly at: SourceRange;
}

/** A file with the password in it, or a program that prints it. */
export interface VaultPasswordSource {
  /** `default` where the user gave none. */
  readonly id: string;
  /** A full path. */
  readonly file: string;
}

export interface LoadedInventory {
  /** Absent when there is an error. */
  readonly inventory?: Inventory;
  /** All that was read, for excerpts. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING: InventoryEntries = { groups: new Map(), hosts: new Map() };

/**
 * Reads an inventory in Ansible's YAML form. Variables of a host win over those of its groups, a child group's over its
 * parent's, and among groups of one depth the later name's. All of the file's errors are reported at once.
 */
export async function loadInventory(
  request: InventoryRequest,
  files: InventoryFiles = ON_DISK,
): Promise<LoadedInventory> {
  const [path = ''] = request.sources;
  const read = await Promise.resolve(files.read(path));
  if (!read.ok) return { files: [], diagnostics: [aboutFile(path, read.error)] };
  return readText({ file: path, text: read.value }, request.login);
}

function readText(source: SourceFile, login: LoginUser): LoadedInventory {
  const report = new Report(source);
  if (isOtherForm(source, report)) return { files: [source], diagnostics: report.diagnostics };
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
  const origins: Inventory['origins'] = (host, variable) => {
    const known = entries.hosts.get(host);
    const entry = known && vars.get(known)?.get(variable);
    if (entry === undefined) return [];
    return [{ place: source.file, value: plainValue(entry.value), at: report.lines.range(entry.value.at) }];
  };
  return {
    ...(!report.failed && { inventory: inventoryOf(source, hosts, tree, origins) }),
    files: [source],
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

function inventoryOf(
  { file }: SourceFile,
  hosts: readonly InventoryHost[],
  tree: GroupTree,
  origins: Inventory['origins'],
): Inventory {
  return { name: file, sources: [file], hosts, groups: groupsOf(tree), origins };
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
