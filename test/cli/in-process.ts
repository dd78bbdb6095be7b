import { Writable } from 'node:stream';
import { CommanderError } from 'commander';
import type { ChosenCommand } from '../../src/cli/chosen-command.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { Terminal, TerminalStream } from '../../src/cli/terminal.ts';
import { PLAIN } from '../../src/util/style.ts';
import type { Ended, Workplace } from './spawn.ts';

/** What `Workplace.runbook` does, without the half second that a process takes to start. Nobody watches it. */
export async function inProcess(place: Workplace, argv: readonly string[]): Promise<Ended> {
  let [said, shown] = ['', ''];
  const environment = place.environment({ XDG_CONFIG_HOME: `${place.directory}/.config` });
  const terminal: Terminal = {
    out: streamTo((text) => (shown += text)),
    err: streamTo((text) => (said += text)),
    environment,
    directory: place.directory,
    isInteractive: false,
    isWatched: false,
  };
  let work: ChosenCommand | undefined;
  const program = createProgram(terminal, argv, (chosen) => {
    work = chosen;
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { code: error.exitCode === 0 ? 0 : 64, out: shown, err: said };
  }
  const code = (await work?.(terminal)) ?? null;
  return { code, out: shown, err: said };
}

/** Gives all that is written, as a terminal that is none. */
export function streamTo(print: (text: string) => void): TerminalStream {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      print(chunk.toString());
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, style: PLAIN, columns: () => 100, rows: () => 24, print };
}
