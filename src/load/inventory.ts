import type { InventoryHost } from '../model/host.ts';
import type { Inventory, VariableOrigin } from '../model/inventory.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { Secret } from '../util/secret.ts';
import { checkVariables } from './inventory/check-variables.ts';
import { isSecretVariable } from './inventory/connection-variables.ts';
import { readConnection, type ConnectionContext, type LoginUser } from './inventory/connection.ts';
import { ON_DISK } from './inventory/disk.ts';
import { HostVariables, InventoryEntries, rangeOf, type HostEntry, type Variable } from './inventory/entries.ts';
import type { InventoryFiles } from './inventory/files.ts';
import { depthsOf, resolveGroups, type GroupTree } from './inventory/group-tree.ts';
import { HostValues, type ConnectionDefault } from './inventory/host-values.ts';
import { MOST_HOSTS } from './inventory/host-range.ts';
import { layersOfHosts, type Layered } from './inventory/layers.ts';
import { Notes } from './inventory/notes.ts';
import { openConnectionVaults } from './inventory/open-vaults.ts';
import { SourceReader } from './inventory/source-reader.ts';
import { addSource } from './inventory/sources.ts';
import { VarsFiles } from './inventory/vars-files.ts';
import { aboutFile } from './read-file.ts';
import { VaultPasswords, type VaultPasswordSource } from './vault-passwords.ts';

export type { ConnectionDefault } from './inventory/host-values.ts';
export type { VaultPasswordSource } from './vault-passwords.ts';

export interface InventoryRequest {
  /** Full paths of files, directories and programs, and lists of hosts with a comma in them; the later one is the stronger. */
  readonly sources: readonly string[];
  readonly login: LoginUser;
  /** Where we were started: relative paths that are not beside their file are looked for here. */
  readonly directory?: string;
  /** What holds for hosts of which the inventory says nothing, as from ansible.cfg. */
  readonly defaults?: readonly ConnectionDefault[];
  /** Where the passwords of vaults are; looked at only when there is a vault. */
  readonly vaultPasswords?: readonly VaultPasswordSource[];
}

export interface LoadedInventory {
  /** Absent when there is an error. */
  readonly inventory?: Inventory;
  /** All that was read and may be shown, for excerpts. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads inventories in all of Ansible's forms, as Ansible reads them: see docs/inventory.md for what is meant to differ. An error is
 * what leaves unclear which hosts there are, or which groups; all of them are reported at once. What is wrong with one host is a
 * problem of that host.
 */
export async function loadInventory(
  request: InventoryRequest,
  files: InventoryFiles = ON_DISK,
): Promise<LoadedInventory> {
  const { sources, login, directory, defaults = [], vaultPasswords = [] } = request;
  const reader = new SourceReader(files, new VaultPasswords(vaultPasswords, files));
  const entries = new InventoryEntries();
  const diagnostics: Diagnostic[] = [];
  for (const source of sources) diagnostics.push(...(await addSource(source, reader, entries)));

  const name = sources.length === 1 ? (sources[0] ?? '') : `${sources.length} inventory sources`;
  const isFailed = diagnostics.some(({ severity }) => severity === 'error');
  const wrong = isFailed ? undefined : checkEntries(entries, sources);
  if (isFailed || wrong !== undefined)
    return { files: reader.shown, diagnostics: [...diagnostics, ...(wrong === undefined ? [] : [wrong])] };
  const tree = resolveGroups(entries);

  const varsFiles = new VarsFiles(sources, reader);
  const layers = await layersOfHosts(entries, tree, varsFiles);
  await openConnectionVaults(layers);
  const notes = new Notes();
  checkVariables(distinctVariables(layers.values()), notes);
  warnOfSameNames(entries, notes);
  const context: ConnectionContext = {
    login,
    notes,
    isThere: (path) => files.kindOf(path) !== undefined,
    ...(directory !== undefined && { directory }),
  };
  const hosts = [...entries.hosts.values()].map((entry) => {
    return readHost(entry, layers.get(entry.name) ?? NOTHING, tree, defaults, context);
  });
  const variables: Inventory['variables'] = (host) => shownVariables(layers.get(host) ?? NOTHING);
  const origins: Inventory['origins'] = (host, variable) => originsOf(layers.get(host), variable);
  return {
    inventory: { name, sources, hosts, all: tree.all, groups: tree.groups, variables, origins },
    files: reader.shown,
    diagnostics: [...diagnostics, ...varsFiles.warnings, ...notes.all],
  };
}

const NOTHING: Layered = { layers: [], vars: new HostVariables(new Map(), new Map()), problems: [] };

function checkEntries({ hosts, groups }: InventoryEntries, [first = '']: readonly string[]): Diagnostic | undefined {
  if (hosts.size === 0) {
    return aboutFile(first, { code: 'E_EMPTY', message: 'the inventory has no host', hint: 'write one: web01' });
  }
  if (hosts.size > MOST_HOSTS)
    return aboutFile(first, { code: 'E_SIZE', message: `more than ${MOST_HOSTS} hosts`, hint: 'give fewer sources' });
  if ([...depthsOf(groups).values()].every((depth) => depth <= MOST_LEVELS)) return undefined;
  const message = `more than ${MOST_LEVELS} groups, one in another`;
  return aboutFile(first, { code: 'E_SIZE', message, hint: 'put hosts into the outer ones' });
}

/** Of groups: the hosts of each are gathered from all that are in it. */
const MOST_LEVELS = 100;

function readHost(
  entry: HostEntry,
  { vars, problems }: Layered,
  tree: GroupTree,
  defaults: readonly ConnectionDefault[],
  context: ConnectionContext,
): InventoryHost {
  const values = new HostValues(entry.name, vars, defaults);
  const connecting = readConnection(entry, values, context);
  let shown: InventoryHost['vars'] | undefined;
  return {
    name: entry.name,
    ...connecting,
    // Where a file is not known, what is missing may be in it.
    problems: problems.length > 0 ? problems : decisive(values.problems),
    groups: tree.groupsOf(entry.name).filter((group) => group !== 'all'),
    // Only for those that are chosen: thousands of hosts may share hundreds of variables.
    get vars() {
      return (shown ??= Object.fromEntries(
        vars.values().flatMap(({ name, value }) => (isSecretVariable(name) ? [] : [[name, value] as const])),
      ));
    },
  };
}

/** Where no way leads to a host (Windows, a network device), what else is wrong with its way is of no use to anybody. */
function decisive(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const noWay = problems.filter(({ code }) => code === 'E_CONNECTION');
  return noWay.length > 0 ? noWay.slice(0, 1) : problems;
}

const shownVariables = ({ vars }: Layered): Readonly<Record<string, unknown>> =>
  Object.fromEntries(vars.values().map((variable) => [variable.name, shownValue(variable)]));

function originsOf(layered: Layered | undefined, variable: string): readonly VariableOrigin[] {
  return (layered?.layers ?? []).toReversed().flatMap(({ place, vars }) => {
    const found = vars.get(variable);
    if (found === undefined) return [];
    const { where } = found;
    return [{ place, value: shownValue(found), ...('lines' in where && { at: rangeOf(where) }) }];
  });
}

function shownValue({ name, value }: Variable): unknown {
  const isClear =
    isSecretVariable(name) && (typeof value === 'number' || (typeof value === 'string' && !NAME.test(value)));
  return isClear ? new Secret(String(value)) : value;
}

/** Only says where the password is. */
const NAME = /^\s*\{\{\s*[A-Za-z_]\w*\s*\}\}\s*$/;

function distinctVariables(all: Iterable<Layered>): ReadonlySet<Variable> {
  const seen = new Set<ReadonlyMap<string, Variable>>();
  for (const { layers } of all) for (const { vars } of layers) seen.add(vars);
  return new Set([...seen].flatMap((vars) => [...vars.values()]));
}

/** Ansible gives the variables of such a host to the group. */
function warnOfSameNames({ groups, hosts }: InventoryEntries, notes: Notes): void {
  for (const [name, { where }] of hosts) {
    if (!groups.has(name)) continue;
    const message = `${name} is both a host and a group; variables of the host go to the group, as in Ansible`;
    notes.warn('W_SAME_NAME', rangeOf(where), message, 'give one of them another name');
  }
}
