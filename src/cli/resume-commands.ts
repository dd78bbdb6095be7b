import { Option, type Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { forksOption, lockWaitOption, tags, text } from './option-kinds.ts';
import type { ResumeOptions, RollbackOptions } from './options.ts';

const RESUME = `
The hosts are asked what became of what was running, and diagnosed anew. Steps that ended are not sent again.
All that the run was started with must be as it was. RUN may be last.`;

const ROLLBACK = `
Shows what would be undone on which host, the last change first, and asks. What somebody changed since is left
alone. All that the run was started with must be as it was. RUN may be last.`;

/** `resume` and `rollback`: what is done with a run that was cut short, or is to be undone. */
export function addResume(program: Command, choose: (command: ChosenCommand) => void): void {
  options(program.command('resume <run>'))
    .summary('go on with a run that was cut short')
    .description('Goes on with a run whose process died, or that was interrupted, where each host was.')
    .addHelpText('after', RESUME)
    .action((run: string, given: ResumeOptions) => {
      choose(async (terminal) => (await import('./commands/resume.ts')).resume(run, given, terminal));
    });

  options(program.command('rollback <run>'))
    .summary('undo what a run changed')
    .description('Undoes what a run changed, on all of its hosts or on some.')
    .addOption(new Option('--limit <hosts>', 'only these hosts of the run, a,b').argParser(tags))
    .option('--yes', 'undo without asking')
    .addHelpText('after', ROLLBACK)
    .action((run: string, given: RollbackOptions) => {
      choose(async (terminal) => (await import('./commands/rollback.ts')).rollback(run, given, terminal));
    });
}

function options(command: Command): Command {
  return command
    .option('--taken-over', 'its process on another machine is dead, which cannot be seen from here')
    .addOption(lockWaitOption())
    .addOption(text('--secrets <file>', 'where secrets lie now, when that is elsewhere'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .addOption(forksOption())
    .addOption(text('--reason <text>', 'why, for the record'))
    .addOption(new Option('--json', 'events, one a line, and nothing else').conflicts(['quiet', 'verbose']))
    .addOption(new Option('--quiet', 'only what is not healthy').conflicts(['verbose']))
    .option('-v, --verbose', 'every step and all it prints');
}
