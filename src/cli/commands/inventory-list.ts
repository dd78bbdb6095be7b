import type { FoundInventory } from '../../app/find-inventory.ts';
import { hostsOf } from '../../app/inventory-hosts.ts';
import { openInventory } from '../../app/open-inventory.ts';
import type { InventoryHost } from '../../model/host.ts';
import type { Diagnostic } from '../../model/source.ts';
import { count } from '../../util/count.ts';
import { foldNames } from '../fold-names.ts';
import { inventoryAsJson, jsonText } from '../inventory-json.ts';
import { inventoryRows } from '../inventory-rows.ts';
import { placeOf } from '../inventory-text.ts';
import { siteOf } from '../open-site.ts';
import type { InventoryCommandOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { printWarnings } from '../print-warnings.ts';
import { renderTable } from '../table.ts';
import type { Terminal, TerminalStream } from '../terminal.ts';
import { paragraph } from '../text.ts';

/** `runbook inventory list`. */
export async function list(
  pattern: string | undefined,
  options: InventoryCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const json = options.json === true;
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const opened = await openInventory(options, here);
  if (!opened.ok) return printTrouble(opened.error, terminal, json);
  const { inventory, found } = opened.value.value;
  const hosts = hostsOf(inventory, { pattern, limit: options.limit }, here);
  if (!hosts.ok) return printTrouble(hosts.error, terminal, json);
  const { out, err } = terminal;
  if (json) {
    out.print(`${jsonText(inventoryAsJson(inventory, hosts.value))}\n`);
    return 0;
  }
  printWarnings(opened.value, terminal);
  const all = inventory.hosts.length;
  const shown = hosts.value.length === all ? count(all, 'host') : `${hosts.value.length} of ${count(all, 'host')}`;
  err.print(`${err.style('dim', `${shown} from ${inventory.name}${namedBy(found)}`)}\n`);
  out.print(
    renderTable(
      ['HOST', 'REACHED AS', 'GROUPS'],
      inventoryRows(hosts.value, out.stream.isTTY ? out.columns() : Infinity),
      out,
    ),
  );
  const wrong = problemLines(hosts.value, err, terminal.directory);
  if (wrong !== '') err.print(`\n${err.style('warn', 'Cannot be reached as they are written')}\n${wrong}`);
  return 0;
}

/** What a person has not named just now. */
const namedBy = ({ namedBy: by }: FoundInventory): string =>
  ['-i', './inventory.yaml'].includes(by) ? '' : `, named by ${by}`;

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

/** What is wrong with several hosts once, with all of them and the first place where it is written. */
function problemLines(hosts: readonly InventoryHost[], paper: TerminalStream, directory: string): string {
  const alike = new Map<
    string,
    { readonly problem: Diagnostic; readonly hosts: string[]; readonly places: Set<string> }
  >();
  for (const { name, problems } of hosts) {
    for (const problem of problems.filter(isError)) {
      const { message, hint, at } = problem;
      const key = JSON.stringify([message, hint]);
      const known = alike.get(key) ?? { problem, hosts: [], places: new Set<string>() };
      alike.set(key, known);
      known.hosts.push(name);
      known.places.add(placeOf(at, directory));
    }
  }
  return [...alike.values()]
    .map(({ problem: { message, hint }, hosts: names, places }) => {
      const [first = '', ...others] = places;
      const where = others.length === 0 ? first : `${first} and ${count(others.length, 'more place')}`;
      const what = paragraph(`${foldNames(names)}: ${message} (${where})`, '  ', paper);
      return hint === undefined ? `${what}\n` : `${what}\n${paragraph(`hint: ${hint}`, '    ', paper)}\n`;
    })
    .join('');
}
