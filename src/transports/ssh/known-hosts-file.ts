import { readFileSync, statSync } from 'node:fs';
import { parseKnownHosts, type KnownHosts } from './known-hosts.ts';

interface Stored extends KnownHosts {
  readonly stamp: string;
}

/** Reads known_hosts files, again only when they have changed: a hundred hosts share one reading. */
export class KnownHostsFiles {
  readonly #files = new Map<string, Stored>();

  /** A missing or unreadable file knows no host; the second says so in the warnings. */
  read(files: readonly string[]): KnownHosts {
    const all = files.map((file) => this.#read(file));
    return { entries: all.flatMap(({ entries }) => entries), warnings: all.flatMap(({ warnings }) => warnings) };
  }

  #read(file: string): KnownHosts {
    try {
      const { mtimeMs, size, ino } = statSync(file);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const stored = this.#files.get(file);
      if (stored?.stamp === stamp) return stored;
      const fresh = { ...parseKnownHosts(file, readFileSync(file, 'utf8')), stamp };
      this.#files.set(file, fresh);
      return fresh;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { entries: [], warnings: code === 'ENOENT' ? [] : [`${file} can't be read: ${message}`] };
    }
  }
}
