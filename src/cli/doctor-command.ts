import type { Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { forksOption, inventoryOption, text, vaultOption } from './option-kinds.ts';
import type { DoctorOptions } from './options.ts';

const NOTES = `
Without a pattern only this machine is looked at. Hosts are logged in to, as a run that
becomes root would; nothing is written there and no lock is taken.
Exit code 2: something would keep a run from working; 4: a host could not be reached.`;

/** `runbook doctor`. */
export function addDoctor(program: Command, choose: (command: ChosenCommand) => void): void {
  program
    .command('doctor [pattern]')
    .summary('find what would keep a run from working, and how to mend it')
    .description(
      'Looks at this machine, and at the hosts of a pattern: what would keep a run from working, and the fix.',
    )
    .addOption(inventoryOption())
    .addOption(text('--limit <pattern>', 'only those hosts that are also in this'))
    .option('--no-become', 'as the login user, not as root')
    .addOption(text('--become-user <name>', 'as this user, not as root'))
    .addOption(vaultOption())
    .addOption(text('--secrets <file>', 'values of !secret NAME, in YAML or encrypted by age'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .option('-k, --ask-pass', 'ask for the password of the SSH login, for hosts without their own')
    .option('-K, --ask-become-pass', 'ask for the password of sudo, su or doas, where a host has none')
    .addOption(forksOption())
    .option('--json', 'one JSON object a line')
    .addHelpText('after', NOTES)
    .action((pattern: string | undefined, options: DoctorOptions) => {
      choose(async (terminal) => (await import('./commands/doctor.ts')).doctor(pattern, options, terminal));
    });
}
