import { hostNamed } from '../../app/inventory-hosts.ts';
import { openInventory } from '../../app/open-inventory.ts';
import { settleHosts } from '../../app/settle-hosts.ts';
import { because } from '../../app/trouble.ts';
import { renderReach } from '../host-reach-text.ts';
import { jsonText } from '../inventory-json.ts';
import { siteOf } from '../open-site.ts';
import type { InventoryCommandOptions } from '../options.ts';
import { renderDiagnostics } from '../print-diagnostics.ts';
import { printTrouble } from '../print-trouble.ts';
import { printWarnings } from '../print-warnings.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook inventory host`: ssh is asked for its configuration, the host is not contacted. */
export async function host(name: string, options: InventoryCommandOptions, terminal: Terminal): Promise<number> {
  const json = options.json === true;
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const opened = await openInventory(options, here);
  if (!opened.ok) return printTrouble(opened.error, terminal, json);
  const { inventory } = opened.value.value;
  const found = hostNamed(inventory, name);
  if (!found.ok) return printTrouble(because(found.error), terminal, json);
  const { out, err } = terminal;
  if (json) {
    out.print(`${jsonText(inventory.variables(found.value.name))}\n`);
    return 0;
  }
  printWarnings(opened.value, terminal);
  const { problems } = found.value;
  if (problems.length > 0) {
    const layout = { style: err.style, columns: err.columns() };
    err.print(`${renderDiagnostics(problems, opened.value.sources, layout)}\n`);
  }
  if (problems.some(({ severity }) => severity === 'error')) {
    out.print(renderReach(undefined, found.value, inventory.variables, out));
    return 0;
  }
  const settled = await settleHosts([found.value], here);
  if (!settled.ok) return printTrouble(because(settled.error), terminal, json);
  for (const each of settled.value) out.print(renderReach(each, found.value, inventory.variables, out));
  return 0;
}
