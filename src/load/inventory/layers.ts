import type { Diagnostic } from '../../model/source.ts';
import { HostVariables, type InventoryEntries, type Variable, type Variables } from './entries.ts';
import type { GroupTree } from './group-tree.ts';
import type { VarsFile, VarsFiles } from './vars-files.ts';

/** One place that gives variables to a host. */
export interface Layer {
  /** `the group web`, `host_vars of web01`. */
  readonly place: string;
  readonly vars: Variables;
}

export interface Layered {
  /** The weakest first. */
  readonly layers: readonly Layer[];
  /** What holds in the end. */
  readonly vars: HostVariables;
  /** Files that could not be read, or not wholly: they may say something else. */
  readonly problems: readonly Diagnostic[];
}

/**
 * Which variables each host has, in Ansible's order, the weakest first: the group `all` in the sources, other groups there, parents
 * before children; `group_vars/all`; other `group_vars`, folder by folder; the host in the sources; `host_vars`.
 */
export async function layersOfHosts(
  entries: InventoryEntries,
  tree: GroupTree,
  files: VarsFiles,
): Promise<ReadonlyMap<string, Layered>> {
  const ofGroups = new Map<string, Promise<Shared>>();
  const layered = new Map<string, Layered>();
  for (const name of entries.hosts.keys()) {
    const groups = tree.groupsOf(name);
    const key = groups.join('\n');
    const shared = ofGroups.get(key) ?? layersOfGroups(groups, entries, files);
    ofGroups.set(key, shared);
    // One after the other, so that the program that prints a password is not started twice.
    layered.set(name, withHost(await shared, name, entries, await files.of('host_vars', name)));
  }
  return layered;
}

/** What is written for a group itself: in the sources, and stronger in its `group_vars`. */
export async function variablesWrittenFor(
  group: string,
  { groups }: InventoryEntries,
  files: VarsFiles,
): Promise<Variables> {
  const read = (await files.of('group_vars', group)).flat();
  return merge([{ vars: groups.get(group)?.vars ?? NO_VARS }, ...read]);
}

/** Of all hosts that are in the same groups. */
interface Shared extends Omit<Layered, 'vars'> {
  readonly vars: Variables;
}

async function layersOfGroups(
  groups: readonly string[],
  { groups: entries }: InventoryEntries,
  files: VarsFiles,
): Promise<Shared> {
  const written = groups.map((name) => ({ place: `the group ${name}`, vars: entries.get(name)?.vars ?? NO_VARS }));
  const found = await Promise.all(groups.map((name) => files.of('group_vars', name)));
  const [ofAll = [], ...ofOthers] = found;
  const folders = ofAll.length;
  const ofFolder = (folder: number): readonly (readonly [string, VarsFile])[] =>
    ofOthers.flatMap((each, index) => (each[folder] ?? []).map((file) => [groups[index + 1] ?? '', file] as const));
  const read: readonly (readonly [string, VarsFile])[] = [
    ...ofAll.flat().map((file) => ['all', file] as const),
    ...Array.from({ length: folders }, (_, folder) => ofFolder(folder)).flat(),
  ];
  const layers = [...written, ...read.map(([group, { vars }]) => ({ place: `group_vars of ${group}`, vars }))].filter(
    ({ vars }) => vars.size > 0,
  );
  return { layers, vars: merge(layers), problems: read.flatMap(([, { problems }]) => problems) };
}

function withHost(
  shared: Shared,
  name: string,
  { hosts }: InventoryEntries,
  files: readonly (readonly VarsFile[])[],
): Layered {
  const own = hosts.get(name)?.vars ?? NO_VARS;
  const read = files.flat();
  const layers = [
    { place: `the host ${name}`, vars: own },
    ...read.map(({ vars }) => ({ place: `host_vars of ${name}`, vars })),
  ].filter(({ vars }) => vars.size > 0);
  return {
    layers: [...shared.layers, ...layers],
    vars: new HostVariables(layers.length === 1 ? (layers[0]?.vars ?? NO_VARS) : merge(layers), shared.vars),
    problems: [...shared.problems, ...read.flatMap(({ problems }) => problems)],
  };
}

const NO_VARS: Variables = new Map();

function merge(layers: readonly { readonly vars: Variables }[]): Variables {
  const merged = new Map<string, Variable>();
  for (const { vars } of layers) for (const [name, variable] of vars) merged.set(name, variable);
  return merged;
}
