import { CommanderError } from 'commander';
import { USAGE } from '../app/exit-codes.ts';
import type { ChosenCommand } from './chosen-command.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** What these words ask for, or the exit code when all is done already: help was shown, or an error of usage told. */
export function choose(argv: readonly string[], terminal: Terminal): ChosenCommand | number {
  if (argv.some((argument) => argument.includes('\uFFFD'))) {
    terminal.err.print('error: an argument is not valid UTF-8\n');
    return USAGE;
  }
  let work: ChosenCommand | undefined;
  const program = createProgram(terminal, argv, (chosen) => {
    work = chosen;
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
  if (work === undefined) return USAGE;
  const { config } = program.opts<{ readonly config?: string }>();
  return config === undefined ? work : withConfiguration(work, config);
}

/** What is typed comes before the variable that names the same file. */
function withConfiguration(work: ChosenCommand, file: string): ChosenCommand {
  return (terminal) => work({ ...terminal, environment: { ...terminal.environment, RUNBOOK_CONFIG: file } });
}
