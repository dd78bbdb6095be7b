import { Writable } from 'node:stream';
import { choose } from '../../src/cli/choose.ts';
import type { Terminal, TerminalStream } from '../../src/cli/terminal.ts';
import { PLAIN } from '../../src/util/style.ts';
import type { Ended, Workplace } from './spawn.ts';

/** What `Workplace.runbook` does, without the half second that a process takes to start. Nobody watches it, unless `given` says so. */
export async function inProcess(
  place: Workplace,
  argv: readonly string[],
  given: Partial<Pick<Terminal, 'isInteractive' | 'isWatched'>> = {},
): Promise<Ended> {
  let [said, shown] = ['', ''];
  const environment = place.environment({ XDG_CONFIG_HOME: `${place.directory}/.config` });
  const terminal: Terminal = {
    out: streamTo((text) => (shown += text)),
    err: streamTo((text) => (said += text)),
    environment,
    directory: place.directory,
    isInteractive: false,
    isWatched: false,
    ...given,
  };
  const work = choose(argv, terminal);
  const code = typeof work === 'number' ? work : await work(terminal);
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
