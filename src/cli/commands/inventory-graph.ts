import { openInventory } from '../../app/open-inventory.ts';
import { because, type Trouble } from '../../app/trouble.ts';
import type { Group, Inventory } from '../../model/inventory.ts';
import { printableLine } from '../../util/printable.ts';
import { suggest } from '../../util/suggest.ts';
import { valueText } from '../inventory-text.ts';
import { siteOf } from '../open-site.ts';
import type { InventoryCommandOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook inventory graph`. */
export async function graph(
  name: string | undefined,
  options: InventoryCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const opened = await openInventory(options, here);
  if (!opened.ok) return printTrouble(opened.error, terminal, false);
  const { inventory } = opened.value.value;
  const groups = groupsOf(inventory);
  const start = groups.get(name ?? 'all');
  if (start === undefined) return printTrouble(noGroup(name ?? 'all', inventory), terminal, false);
  const variables = options.vars === true ? await variablesIn(inventory, groups.keys()) : undefined;
  const lines = groupLines(start, 0, { groups, ...(variables !== undefined && { variables }) });
  terminal.out.print(lines.map((line) => `${printableLine(line)}\n`).join(''));
  return 0;
}

const EMPTY = { hosts: [], ownHosts: [], children: [] } as const;

/** `ungrouped` is there even where it has no host, as in Ansible. */
const groupsOf = ({ all, groups }: Inventory): ReadonlyMap<string, Group> =>
  new Map([{ name: 'ungrouped', ...EMPTY }, all, ...groups].map((group) => [group.name, group]));

interface Shown {
  readonly groups: ReadonlyMap<string, Group>;
  /** Absent: only names are shown. */
  readonly variables?: ShownVariables;
}

interface ShownVariables {
  /** All that it has, from its groups too. */
  readonly ofHost: Inventory['variables'];
  /** Only what is written for it. */
  readonly ofGroup: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

async function variablesIn(inventory: Inventory, groups: Iterable<string>): Promise<ShownVariables> {
  const ofGroup = new Map<string, Readonly<Record<string, unknown>>>();
  for (const group of groups) ofGroup.set(group, await inventory.variablesOfGroup(group));
  return { ofHost: inventory.variables, ofGroup };
}

/**
 * Groups, then hosts, then what is written for the group itself. A group in two others is shown in both, as in Ansible; there is no
 * circle in an inventory.
 */
function groupLines(group: Group, depth: number, shown: Shown): readonly string[] {
  const children = group.children.flatMap((child) => shown.groups.get(child) ?? []);
  return [
    line(`@${group.name}:`, depth),
    ...children.flatMap((child) => groupLines(child, depth + 1, shown)),
    ...(group.name === 'all' ? [] : group.ownHosts.flatMap((host) => hostLines(host, depth + 1, shown))),
    ...variableLines(shown.variables?.ofGroup.get(group.name), depth + 1),
  ];
}

const hostLines = (name: string, depth: number, { variables }: Shown): readonly string[] => [
  line(name, depth),
  ...variableLines(variables?.ofHost(name), depth + 1),
];

function variableLines(variables: Readonly<Record<string, unknown>> = {}, depth: number): readonly string[] {
  const inOrder = Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.map(([name, value]) => line(`{${name} = ${valueText(value)}}`, depth));
}

const line = (text: string, depth: number): string => (depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);

function noGroup(name: string, { name: from, groups }: Inventory): Trouble {
  const nearest = suggest(name, [...groups.map((group) => group.name), 'all']);
  const hint = nearest === undefined ? 'runbook inventory graph shows all groups' : `did you mean ${nearest}?`;
  return because({ code: 'usage', message: `${from} has no group ${JSON.stringify(name)}`, hint });
}
