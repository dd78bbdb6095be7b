import { matchesGlob } from '../../util/glob.ts';
import { printableLine } from '../../util/printable.ts';
import { isCertificate, isPublicKey, isTooShort, kindOf, typeOf } from './host-key-blob.ts';
import { HashedNames } from './known-hosts-hash.ts';

export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker?: Marker;
  /** Host patterns as written, or one hashed name. */
  readonly hosts: string;
  /** The key as it is on the wire. */
  readonly key: Buffer;
}

export type Marker = 'revoked' | 'cert-authority';

/** What one name finds. */
export interface Found {
  readonly entries: readonly KnownHost[];
  /** Lines about this name whose key can't be read, as `file:line: why`. OpenSSH skips them without a word. */
  readonly skipped: readonly string[];
}

/** A line that may be about somebody. Its key is not looked at before it is. */
interface Line {
  readonly number: number;
  readonly marker?: Marker;
  readonly hosts: string;
  /** All that follows the hosts. */
  readonly rest: string;
}

/**
 * The text of a known_hosts file, one character for each byte, with the verdicts of OpenSSH's hostfile.c on each line. A name is
 * found without a look at the names that are not patterns.
 */
export class KnownHosts {
  readonly #file: string;
  readonly #named = new Map<string, Line[]>();
  readonly #patterns: Line[] = [];
  readonly #hashed = new HashedNames<Line>();
  readonly #found = new Map<string, Found>();

  constructor(file: string, text: string) {
    this.#file = file;
    let number = 0;
    for (let start = 0; start < text.length; number += 1) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      this.#add(number + 1, text.slice(start, end));
      start = end + 1;
    }
  }

  /** The name as `nameOf` makes it. */
  about(name: string): Found {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const lines = [
      ...(this.#named.get(name) ?? []),
      ...this.#patterns.filter(({ hosts }) => matchesNames(hosts, name)),
      ...this.#hashed.find(Buffer.from(name, 'latin1')),
    ].toSorted((one, other) => one.number - other.number);
    const entries: KnownHost[] = [];
    const skipped: string[] = [];
    for (const line of lines) {
      const key = readKey(line.rest);
      if (typeof key === 'string') skipped.push(`${this.#file}:${line.number}: ${key}`);
      else entries.push({ file: this.#file, line: line.number, ...markedBy(line.marker), hosts: line.hosts, key });
    }
    const found = { entries, skipped };
    this.#found.set(name, found);
    return found;
  }

  #add(number: number, text: string): void {
    const [, marker, hosts, rest] = LINE.exec(text) ?? [];
    if (hosts === undefined || rest === undefined) return;
    const line: Line = { number, ...markedBy(MARKERS[marker ?? '']), hosts, rest };
    if (hosts.startsWith('|')) this.#hashed.add(hosts, line);
    else if (/[*?!]/.test(hosts) || hosts.length >= LONGEST_PATTERN) this.#patterns.push(line);
    else
      for (const name of new Set(lowerCase(hosts).split(','))) {
        const lines = this.#named.get(name);
        if (lines === undefined) this.#named.set(name, [line]);
        else lines.push(line);
      }
  }
}

/** The name under which OpenSSH keeps a host, in the characters of `KnownHosts`. Absent port: the name is used as it is. */
export function nameOf(address: string, port?: number): string {
  const name = lowerCase(Buffer.from(address, 'utf8').toString('latin1'));
  return port === undefined || port === 22 ? name : `[${name}]:${port}`;
}

/** Is the line about others, too, whom nobody has named? */
export const isPattern = (hosts: string): boolean => !hosts.startsWith('|') && /[*?!]/.test(hosts);

/**
 * Blanks, a marker, hosts, the rest. What is no marker of ours behind an `@`, or a second marker, makes a line that is skipped. A
 * marker ends at the first space, and only without any space at a tab. A NUL ends the line, but behind the hosts only these.
 */
const LINE = /^[ \t]*(?:(@revoked|@cert-authority)(?: |\t(?![^]* ))[ \t]*)?([^@# \t\0][^ \t\0]*)\0?([^\0]*)/;
const MARKERS: Readonly<Record<string, Marker>> = { '@revoked': 'revoked', '@cert-authority': 'cert-authority' };
const LONGEST_PATTERN = 1023;

const markedBy = (marker: Marker | undefined): { marker?: Marker } => (marker === undefined ? {} : { marker });

/** Only the letters of ASCII, as OpenSSH in a UTF-8 locale. */
const lowerCase = (text: string): string =>
  /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;

/** `*` and `?` match, `!` takes out. A word that is too long ends the line's chance, as in OpenSSH. */
function matchesNames(hosts: string, name: string): boolean {
  let isFound = false;
  for (const word of lowerCase(hosts).split(',')) {
    const isNegated = word.startsWith('!');
    const pattern = isNegated ? word.slice(1) : word;
    if (pattern.length >= LONGEST_PATTERN) return false;
    if (!matchesGlob(pattern, name)) continue;
    if (isNegated) return false;
    isFound = true;
  }
  return isFound;
}

/** The key that a line or its rest starts with, or why there is none. */
export function readKey(text: string): Buffer | string {
  const [, type = '', encoded = ''] = /^[ \t]*([^ \t]*)[ \t]*([^ \t]*)/.exec(text) ?? [];
  if (type === '' || type.startsWith('#')) return 'it has no key';
  if (/^[0-9]+$/.test(type)) return 'it has a key of protocol 1';
  const kind = kindOf(type);
  if (kind === undefined) return `OpenSSH knows no key type ${printableLine(type)}`;
  // White space other than blanks, such as the end of a line of DOS, is skipped in base64.
  const base64 = encoded.replace(/[\r\v\f]+/g, '');
  const key = Buffer.from(base64, 'base64');
  const own = typeOf(key);
  const isSame = kindOf(own) === kind && isCertificate(own) === isCertificate(type);
  if (key.toString('base64') !== base64 || !isSame || !isPublicKey(key)) return `the key is not one of type ${type}`;
  return isTooShort(key) ? 'the RSA key is too short' : key;
}
