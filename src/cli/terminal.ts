import type { WriteStream } from 'node:tty';
import { currentDirectory } from '../app/surroundings.ts';
import { styleFor, type Style } from '../util/style.ts';

/** What a command may look at and write to. */
export interface Terminal {
  /** The result goes here and nothing else. */
  readonly out: TerminalStream;
  /** Progress, questions and errors. */
  readonly err: TerminalStream;
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  /** Somebody can be asked: both what is typed and what is asked are on a terminal. */
  readonly isInteractive: boolean;
  /** Somebody may see what is printed while it is: one of its streams is a terminal. Cron and systemd have none. */
  readonly isWatched: boolean;
}

export interface TerminalStream {
  readonly stream: NodeJS.WriteStream;
  readonly style: Style;
  /** Asked anew each time: windows are resized. At least 40. */
  readonly columns: () => number;
  readonly rows: () => number;
  readonly print: (text: string) => void;
}

const DEFAULT_COLUMNS = 100;
const DEFAULT_ROWS = 24;
const LEAST_COLUMNS = 40;

export function openTerminal(): Terminal {
  return {
    out: openStream(process.stdout),
    err: openStream(process.stderr),
    environment: process.env,
    directory: currentDirectory(),
    isWatched: process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY,
    isInteractive: process.stdin.isTTY && process.stderr.isTTY && process.env['TERM'] !== 'dumb',
  };
}

function openStream(stream: WriteStream): TerminalStream {
  return {
    stream,
    style: styleFor(stream, process.env),
    columns: () => Math.max(LEAST_COLUMNS, stream.columns || DEFAULT_COLUMNS),
    rows: () => stream.rows || DEFAULT_ROWS,
    print: (text) => {
      if (!stream.destroyed) stream.write(text);
    },
  };
}
