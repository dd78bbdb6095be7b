import type { Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { inventoryOption, text, vaultOption } from './option-kinds.ts';
import type { InventoryCommandOptions, InventoryVarsOptions } from './options.ts';

const NOTES = `
The inventory is the first of: -i, $RUNBOOK_INVENTORY, ./inventory.yaml, that of
./ansible.cfg, that of the configuration, /etc/runbook/inventory.yaml. All forms of
Ansible's are read.`;

/** `runbook inventory list|graph|host|vars`. */
export function addInventory(program: Command, choose: (command: ChosenCommand) => void): void {
  const inventory = program
    .command('inventory')
    .usage('COMMAND [OPTIONS]')
    .summary('show hosts, groups and variables as they are understood')
    .description('Shows what the inventory says, as it is understood here. Contacts no host.')
    .helpCommand(false)
    .addHelpText('after', NOTES);

  from(inventory.command('list [pattern]'))
    .summary('list hosts, how they are reached, and their groups')
    .description('Lists the hosts of a pattern (all), how they are reached, and their groups.')
    .addOption(text('--limit <pattern>', 'only those hosts that are also in this'))
    .option('--json', 'as ansible-inventory --list prints it')
    .action((pattern: string | undefined, options: InventoryCommandOptions) => {
      choose(async (terminal) => (await import('./commands/inventory-list.ts')).list(pattern, options, terminal));
    });

  from(inventory.command('graph [group]'))
    .summary('show groups in groups, and their hosts')
    .description('Shows the groups in a group (all), and their hosts, as ansible-inventory --graph does.')
    .option('--vars', 'with the variables of groups and hosts')
    .action((group: string | undefined, options: InventoryCommandOptions) => {
      choose(async (terminal) => (await import('./commands/inventory-graph.ts')).graph(group, options, terminal));
    });

  from(inventory.command('host <name>'))
    .summary('show how one host is reached')
    .description('Shows how one host would be reached: what the inventory says, and what ssh adds to it.')
    .option('--json', 'its variables, as ansible-inventory --host prints them')
    .action((name: string, options: InventoryCommandOptions) => {
      choose(async (terminal) => (await import('./commands/inventory-host.ts')).host(name, options, terminal));
    });

  from(inventory.command('vars [names...]'))
    .summary('show variables, and where they come from')
    .description('Shows the variables of hosts, all or those named, with the file and line that each comes from.')
    .addOption(text('--host <pattern>', 'only of these hosts (all)'))
    .option('--explain', 'also what each value covers')
    .option('--json', 'one JSON object a line')
    .action((names: readonly string[], options: InventoryVarsOptions) => {
      choose(async (terminal) => (await import('./commands/inventory-vars.ts')).vars(names, options, terminal));
    });
}

const from = (command: Command): Command => command.addOption(inventoryOption()).addOption(vaultOption());
