import { Option, type Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import type { JsonOption } from './options.ts';

const NOTES = `
SIGHUP: the configuration is read again; one that is wrong changes nothing. SIGTERM or
SIGINT: nothing new starts, and what runs has serve.stop of the configuration to end; what
is interrupted then, the next serve goes on with. Once more ends what runs at once.
Its socket answers GET /livez, /readyz and /metrics.

A unit for it: runbook install-schedule serve --systemd`;

/** `runbook serve`. */
export function addServe(program: Command, choose: (command: ChosenCommand) => void): void {
  program
    .command('serve')
    .summary('keep watch: do what the schedules say, until it is stopped')
    .description('Does what the schedules of the configuration say, again and again, until it is stopped.')
    .addOption(new Option('--json', 'what happens, one JSON object a line'))
    .addHelpText('after', NOTES)
    .action((options: JsonOption) => {
      choose(async (terminal) => (await import('./commands/serve.ts')).serve(options, terminal));
    });
}
