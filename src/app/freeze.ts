import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { printableLine } from '../util/printable.ts';
import { stateDirectory, type Surroundings } from './surroundings.ts';

/** A file that forbids changes from this machine while it is there, whatever it holds. */
export interface Freeze {
  readonly file: string;
  /** The first line of the file. */
  readonly reason: string;
  /** Who, since when and until when, as far as lines below it say so. RFC 3339. */
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Where a freeze of the whole machine lies, and one of this user. */
export function freezeFiles(here: Surroundings): readonly [machine: string, own: string] {
  return [join(here.siteDirectory, 'frozen'), join(stateDirectory(here), 'frozen')];
}

/** The first of these files that is there and not past its time. One that cannot be looked at counts as there. Waits for the disk, never blocks. */
export async function findFreeze(files: readonly string[], now: number): Promise<Freeze | undefined> {
  for (const file of files) {
    const freeze = await read(file);
    if (freeze !== undefined && !(freeze.until !== undefined && Date.parse(freeze.until) <= now)) return freeze;
  }
  return undefined;
}

/** One line for people. */
export function freezeText({ file, reason, by, since, until }: Freeze): string {
  const who = by === undefined ? `by ${file}` : `by ${by}`;
  const when = `${since === undefined ? '' : ` since ${since}`}${until === undefined ? '' : ` until ${until}`}`;
  return printableLine(`frozen ${who}${when}${reason === '' ? '' : `: ${reason}`}`);
}

/** What a file of a freeze holds. */
export function freezeFileText({ reason, by, since, until }: Omit<Freeze, 'file'>): string {
  const lines = [printableLine(reason)];
  for (const [name, value] of Object.entries({ by, since, until }))
    if (value !== undefined) lines.push(`${name} ${printableLine(value)}`);
  return `${lines.join('\n')}\n`;
}

const MOST_BYTES = 4096;

async function read(file: string): Promise<Freeze | undefined> {
  try {
    if (!(await stat(file)).isFile()) return { file, reason: 'it is no ordinary file' };
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
      return { file, ...readFreeze(buffer.toString('utf8', 0, bytesRead)) };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { file, reason: `it cannot be read (${String(code ?? cause)})` };
  }
}

/** What a file of a freeze says, whoever wrote it. A time that is none does not end a freeze. */
export function readFreeze(text: string): Omit<Freeze, 'file'> {
  const [reason = '', ...lines] = text.split('\n').map((line) => line.trim());
  const found: Partial<Record<'by' | 'since' | 'until', string>> = {};
  for (const line of lines) {
    const [, name, value = ''] = /^(by|since|until) +(.+)$/.exec(line) ?? [];
    if (name === 'by') found.by = value;
    if (name === 'since' || name === 'until') {
      const time = Date.parse(value);
      if (!Number.isNaN(time)) found[name] = new Date(time).toISOString();
    }
  }
  return { reason, ...found };
}
