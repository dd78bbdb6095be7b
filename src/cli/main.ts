import { FAILED } from '../app/exit-codes.ts';
import { StoreUnreadable } from '../stores/store-unreadable.ts';
import { noteSecrets } from '../util/secret.ts';
import { choose } from './choose.ts';
import { crashText } from './crash.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const DAMAGED =
  'hint:  move runbook.db away from $XDG_STATE_HOME/runbook, or bring it back from a copy; it was left as it is\n';

/** The whole program: sets the exit code of this process. */
export async function main(argv: readonly string[]): Promise<void> {
  const secrets = noteSecrets();
  const terminal = openTerminal();
  outliveOutput(terminal);
  // Node itself would print it with the line of source that threw it, and with what its message quotes.
  process.once('uncaughtException', (bug) => {
    terminal.err.print(crashText(bug, secrets));
    process.exit(FAILED);
  });
  try {
    const work = choose(argv, terminal);
    process.exitCode = typeof work === 'number' ? work : await work(terminal);
  } catch (error) {
    process.exitCode = FAILED;
    if (error instanceof StoreUnreadable) {
      terminal.err.print(`error: the record of past runs cannot be read: ${error.message}\n${DAMAGED}`);
      return;
    }
    terminal.err.print(crashText(error, secrets));
  }
}

/**
 * No output that fails ends what was begun. `runbook list | head -1`: when the reader goes away the rest is dropped. Elsewhere,
 * as on a full disk, what was printed must not pass for all: it is told once, and success becomes exit code 1.
 */
function outliveOutput({ err }: Terminal): void {
  let told = false;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (told || error.code === 'EPIPE' || error.code === 'EIO') return;
    told = true;
    process.once('exit', () => {
      process.exitCode ||= FAILED;
    });
    err.print(`error: what was printed is incomplete: ${error.message}\n`);
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onError);
}
