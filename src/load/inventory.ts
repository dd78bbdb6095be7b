import type { InventoryHost } from '../model/host.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { checkEntries, warnOfSameNames } from './inventory/check-entries.ts';
import { checkVariables } from './inventory/check-variables.ts';
import { isSecretVariable } from './inventory/connection/connection-variables.ts';
import { readConnection, type ConnectionContext, type LoginUser } from './inventory/connection.ts';
import { ON_DISK } from './inventory/files/disk.ts';
import { HostVariables, InventoryEntries, type HostEntry, type Variable } from './inventory/entries.ts';
import type { InventoryFiles } from './inventory/files.ts';
import { resolveGroups, type GroupTree } from './inventory/group-tree.ts';
import { HostValues, type ConnectionDefault } from './inventory/connection/host-values.ts';
import { layersOfHosts, variablesWrittenFor, type Layered } from './inventory/layers.ts';
import { Notes } from './inventory/notes.ts';
import { openConnectionVaults } from './inventory/connection/connection-vaults.ts';
import { SourceReader } from './inventory/files/source-reader.ts';
import { originsOf, shownVariables } from './inventory/shown-variables.ts';
import { addSource } from './inventory/sources.ts';
import { warnOfUnreadVars } from './inventory/unread-vars.ts';
import { VarsFiles } from './inventory/vars-files.ts';
import { VaultPasswords, type VaultPasswordSource } from './vault-passwords.ts';

export type { ConnectionDefault } from './inventory/connection/host-values.ts';
export type { VaultPasswordSource } from './vault-passwords.ts';

export interface InventoryRequest {
  /** Files, directories and programs, and lists of hosts with a comma in them; the later one is the stronger. */
  readonly sources: readonly string[];
  readonly login: LoginUser;
  /** Where we were started: relative paths that are not beside their file are looked for here. */
  readonly directory?: string;
  /** What holds for hosts of which the inventory says nothing, as from ansible.cfg. */
  readonly defaults?: readonly ConnectionDefault[];
  /** Where the passwords of vaults are; looked at only when there is a vault. */
  readonly vaultPasswords?: readonly VaultPasswordSource[];
  /** Whether passwords that anybody can read who reads the files are an error. By default they are warned of. */
  readonly clearTextPasswords?: 'warn' | 'refuse';
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
  const { sources, login, directory, defaults = [], vaultPasswords = [], clearTextPasswords = 'warn' } = request;
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
  const unread = directory === undefined ? [] : warnOfUnreadVars(directory, varsFiles.directories, files);
  const layers = await layersOfHosts(entries, tree, varsFiles);
  await openConnectionVaults(layers);
  const notes = new Notes();
  checkVariables(distinctVariables(layers.values()), clearTextPasswords, notes);
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
  const variables: Inventory['variables'] = (host) => shownVariables((layers.get(host) ?? NOTHING).vars.values());
  const variablesOfGroup: Inventory['variablesOfGroup'] = async (group) => {
    const priority = entries.groups.get(group)?.priority ?? 1;
    const written = shownVariables((await variablesWrittenFor(group, entries, varsFiles)).values());
    return { ...written, ...(priority !== 1 && { ansible_group_priority: priority }) };
  };
  const origins: Inventory['origins'] = (host, variable) => originsOf(layers.get(host), variable);
  const inventory: Inventory = {
    name,
    hosts,
    all: tree.all,
    groups: tree.groups,
    variables,
    variablesOfGroup,
    origins,
  };
  return {
    ...(!notes.hasError && { inventory }),
    files: reader.shown,
    diagnostics: [...diagnostics, ...unread, ...varsFiles.warnings, ...notes.all],
  };
}

const NOTHING: Layered = { layers: [], vars: new HostVariables(new Map(), new Map()), problems: [] };

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

function distinctVariables(all: Iterable<Layered>): ReadonlySet<Variable> {
  const seen = new Set<ReadonlyMap<string, Variable>>();
  for (const { layers } of all) for (const { vars } of layers) seen.add(vars);
  return new Set([...seen].flatMap((vars) => [...vars.values()]));
}
