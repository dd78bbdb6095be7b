import type { Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { inventoryOption, text, vaultOption } from './option-kinds.ts';
import type { RecordOptions, TestOptions } from './options.ts';

const NOTES = `
Cases lie beside a runbook: runbooks/NAME.test/cases.yaml. Without --on each is played
from its evidence, on no host and in no time. With --on the faults are made for real, on
hosts that say runbook_disposable: true in the inventory, and the runbook repairs them.
Exit code 0: all cases hold; 2: one does not, or none could be tried; 65: a file is wrong.`;

/** `runbook test` and `runbook record`. */
export function addCases(program: Command, choose: (command: ChosenCommand) => void): void {
  program
    .command('test [runbooks...]')
    .summary('run the cases of runbooks: from what real hosts said, or on real hosts')
    .description('Runs the cases of runbooks by name or path, or of all in ./runbooks that have some.')
    .addOption(text('--on <hosts>', 'really, on these hosts; several take cases at the same time'))
    .addOption(text('--case <name>', 'only this case'))
    .addOption(inventoryOption())
    .addOption(vaultOption())
    .addOption(text('--secrets <file>', 'values of !secret NAME, in YAML or encrypted by age'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .option('--json', 'one JSON object a case')
    .addHelpText('after', NOTES)
    .action((runbooks: readonly string[], options: TestOptions) => {
      choose(async (terminal) => (await import('./commands/test.ts')).test(runbooks, options, terminal));
    });

  program
    .command('record <runbook> [case]')
    .summary('make a fault on a real host, repair it, and keep what the host said')
    .description('Runs one case, or all of them, on a real host, and keeps what it said for runbook test.')
    .addOption(
      text('--on <hosts>', 'the hosts, which must be runbook_disposable in the inventory').makeOptionMandatory(),
    )
    .addOption(inventoryOption())
    .addOption(vaultOption())
    .addOption(text('--secrets <file>', 'values of !secret NAME, in YAML or encrypted by age'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .option('--json', 'one JSON object a case')
    .addHelpText('after', '\nSecrets are masked in what is kept. Read it before you commit it.')
    .action((runbook: string, name: string | undefined, options: RecordOptions) => {
      choose(async (terminal) => (await import('./commands/record.ts')).record(runbook, name, options, terminal));
    });
}
