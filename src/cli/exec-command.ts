import { Option, type Command } from 'commander';
import {
  forksOption,
  inventoryOption,
  lockWaitOption,
  milliseconds,
  share,
  shares,
  text,
  vaultOption,
} from './option-kinds.ts';
import type { ExecOptions } from './options.ts';
import type { ChosenCommand } from './chosen-command.ts';

const NOTES = `
The words after -- are a program and its arguments, each one word: no shell reads them.
--shell 'dmesg | tail' gives a line to /bin/sh instead.

Without --reads the command is taken for one that changes hosts, and has all that the
fix of a runbook has: each host is locked, it is sent once, first to one host, then to
a quarter of them, then to the rest, and to no more of them once it failed on one.
With --reads it is sent to all of them at once.`;

/** `runbook exec`. `typed`: all arguments of the program; the parser does not keep where `--` was. */
export function addExec(program: Command, typed: readonly string[], choose: (command: ChosenCommand) => void): void {
  program
    .command('exec [pattern] [command...]')
    .usage('PATTERN [OPTIONS] -- COMMAND\n       runbook exec --local [OPTIONS] -- COMMAND')
    .summary('run one command on many hosts')
    .description('Runs one command on the hosts of a pattern, and shows what it printed, alike hosts together.')
    .addOption(inventoryOption())
    .addOption(text('--limit <pattern>', 'only those hosts that are also in this'))
    .addOption(new Option('--local', 'this machine, without an inventory').conflicts(['inventory', 'limit']))
    .addOption(text('--shell <line>', 'a line for /bin/sh, instead of a command'))
    .option('-b, --become', 'as root')
    .addOption(text('--become-user <name>', 'as this user').conflicts('become'))
    .option('--reads', 'it changes nothing: all hosts at once, without a lock')
    .addOption(new Option('--timeout <time>', 'for one host (5m; 30s with --reads)').argParser(milliseconds))
    .addOption(new Option('--batches <shares>', 'hosts or percents (1,25%,100%)').argParser(shares).conflicts('reads'))
    .addOption(new Option('--max-failures <share>', 'no new host after these (1)').argParser(share).conflicts('reads'))
    .addOption(vaultOption())
    .addOption(text('--secrets <file>', 'values of !secret NAME, in YAML or encrypted by age'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .option('-k, --ask-pass', 'ask for the password of the SSH login, for hosts without their own')
    .option('-K, --ask-become-pass', 'ask for the password of sudo, su or doas, where a host has none')
    .addOption(forksOption())
    .addOption(lockWaitOption())
    .addOption(text('--reason <text>', 'why, for the record'))
    .addOption(new Option('--json', 'events, one a line, and nothing else').conflicts(['quiet', 'verbose']))
    .addOption(new Option('--quiet', 'only hosts on which it failed').conflicts(['verbose']))
    .option('-v, --verbose', 'all that hosts print, and every step')
    .addHelpText('after', NOTES)
    .action((first: string | undefined, others: readonly string[], options: ExecOptions, command: Command) => {
      const { shell, local } = options;
      const words = first === undefined ? [] : [first, ...others];
      const [pattern, ...argv] = local === true ? ['localhost', ...words] : words;
      if (pattern === undefined) command.error('error: name the hosts first: a pattern, or --local');
      else if (shell === undefined && argv.length === 0)
        command.error('error: give a command after --, or --shell LINE');
      else if (shell !== undefined && argv.length > 0) command.error('error: give a command or --shell, not both');
      else if (argv.length !== wordsAfterDashes(typed)) {
        command.error('error: the command, all of it and nothing else, comes after --; its options are its own then');
      } else {
        const what = shell === undefined ? { argv } : { shell };
        choose(async (terminal) => (await import('./commands/exec.ts')).exec(pattern, what, options, terminal));
      }
    });
}

/** Before `--` an option of the command would be taken for one of ours: `grep -b` for `--become`. */
function wordsAfterDashes(typed: readonly string[]): number {
  const dashes = typed.indexOf('--');
  return dashes < 0 ? 0 : typed.length - dashes - 1;
}
