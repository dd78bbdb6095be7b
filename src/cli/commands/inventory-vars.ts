import { hostsOf } from '../../app/inventory-hosts.ts';
import { openInventory } from '../../app/open-inventory.ts';
import { because, type Trouble } from '../../app/trouble.ts';
import type { InventoryHost } from '../../model/host.ts';
import type { Inventory } from '../../model/inventory.ts';
import { suggest } from '../../util/suggest.ts';
import { siteOf } from '../open-site.ts';
import type { InventoryVarsOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderVariable, variableAsJson, type VariableOfHost } from '../variable-text.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook inventory vars`. */
export async function vars(
  names: readonly string[],
  options: InventoryVarsOptions,
  terminal: Terminal,
): Promise<number> {
  const json = options.json === true;
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const opened = await openInventory(options, here);
  if (!opened.ok) return printTrouble(opened.error, terminal, json);
  const { inventory } = opened.value.value;
  const hosts = hostsOf(inventory, { pattern: options.host }, here);
  if (!hosts.ok) return printTrouble(hosts.error, terminal, json);
  const known = new Set(hosts.value.flatMap((host) => Object.keys(inventory.variables(host.name))));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) return printTrouble(noVariable(unknown, known, inventory), terminal, json);
  const { out, err } = terminal;
  const wanted = names.length > 0 ? [...new Set(names)] : [...known].toSorted();
  if (wanted.length === 0) err.print('These hosts have no variables.\n');
  const texts = wanted.map((name) => {
    const found = hosts.value.flatMap((host) => valueOn(host, name, inventory));
    if (json) return found.map((each) => `${variableAsJson(name, each)}\n`).join('');
    return renderVariable(name, found, { paper: out, directory: here.directory, explain: options.explain === true });
  });
  out.print(texts.join(json ? '' : '\n'));
  return 0;
}

function valueOn(host: InventoryHost, name: string, inventory: Inventory): readonly VariableOfHost[] {
  const own = inventory.variables(host.name);
  if (!Object.hasOwn(own, name)) return [];
  return [{ host: host.name, value: own[name], origins: inventory.origins(host.name, name) }];
}

function noVariable(unknown: readonly string[], known: ReadonlySet<string>, { name: from }: Inventory): Trouble {
  return because(
    ...unknown.map((name) => {
      const nearest = suggest(name, known);
      const hint = nearest === undefined ? 'runbook inventory vars shows all' : `did you mean ${nearest}?`;
      return {
        code: 'usage',
        message: `no chosen host of ${from} has a variable ${JSON.stringify(name)}`,
        hint,
      } as const;
    }),
  );
}
