import type { Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { text } from './option-kinds.ts';
import type { NotifyTestOptions } from './options.ts';

const NOTES = `
Whom notify of the configuration names: runbook config show. Webhooks go out by https
to addresses of the internet, and to networks that allow names; no proxy is used.
Exit code 2: somebody was not told.`;

/** `runbook notify test`. */
export function addNotify(program: Command, choose: (command: ChosenCommand) => void): void {
  const notify = program
    .command('notify')
    .usage('COMMAND [OPTIONS]')
    .summary('try out those who are told what needs a person')
    .description('Those whom notify of the configuration names are told what needs a person: webhooks and e-mail.')
    .helpCommand(false);

  notify
    .command('test [name]')
    .summary('send each a message now, and say what became of it')
    .description(
      'Sends a message to each that notify of the configuration names, or to one, and says what became of it.',
    )
    .addOption(text('--secrets <file>', 'values of !secret NAME, in YAML or encrypted by age'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .option('--json', 'one JSON object a line')
    .addHelpText('after', NOTES)
    .action((name: string | undefined, options: NotifyTestOptions) => {
      choose(async (terminal) => (await import('./commands/notify-test.ts')).notifyTest(name, options, terminal));
    });
}
