import { readFileSync, statSync } from 'node:fs';
import { KnownHosts, type KnownHost } from './known-hosts.ts';

interface Stored {
  readonly stamp: string;
  readonly hosts: KnownHosts;
}

/** What files say of one name. */
export interface Said {
  /** In the order of the files and their lines. */
  readonly entries: readonly KnownHost[];
  /** What can't be read, as `file: why` and `file:line: why`. */
  readonly unread: readonly string[];
}

/** Reads known_hosts files, again only when they have changed: a hundred hosts share one reading. */
export class KnownHostsFiles {
  readonly #files = new Map<string, Stored>();

  /** The name as `nameOf` makes it. A missing or unreadable file knows no host; the second is said. */
  about(name: string, files: readonly string[]): Said {
    const all = files.map((file) => this.#about(name, file));
    return { entries: all.flatMap(({ entries }) => entries), unread: all.flatMap(({ unread }) => unread) };
  }

  #about(name: string, file: string): Said {
    try {
      const { entries, skipped } = this.#read(file).about(name);
      return { entries, unread: skipped };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return { entries: [], unread: code === 'ENOENT' || code === 'ENOTDIR' ? [] : [`${file}: ${message}`] };
    }
  }

  #read(file: string): KnownHosts {
    const { mtimeNs, size, ino, dev } = statSync(file, { bigint: true });
    const stamp = `${mtimeNs} ${size} ${ino} ${dev}`;
    const stored = this.#files.get(file);
    if (stored?.stamp === stamp) return stored.hosts;
    // Byte by byte: OpenSSH's `?` is one byte, and names need not be text.
    const hosts = new KnownHosts(file, readFileSync(file, 'latin1'));
    this.#files.set(file, { stamp, hosts });
    return hosts;
  }
}
