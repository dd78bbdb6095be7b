import { createHmac, timingSafeEqual } from 'node:crypto';
import { matchesGlob } from '../../util/glob.ts';

export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker?: 'revoked' | 'cert-authority';
  /** Host patterns as written, or one hashed name. */
  readonly hosts: string;
  readonly keyType: string;
  /** The key as it is on the wire. */
  readonly key: Buffer;
}

export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Lines that can't be read, as `file:line: why`; OpenSSH skips these too. */
  readonly warnings: readonly string[];
}

const MARKERS = { '@revoked': 'revoked', '@cert-authority': 'cert-authority' } as const;

/** Reads the text of an OpenSSH known_hosts file; a bad line is a warning and nothing else. */
export function parseKnownHosts(file: string, text: string): KnownHosts {
  const entries: KnownHost[] = [];
  const warnings: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const entry = parseLine(file, index + 1, line);
    if (typeof entry === 'string') warnings.push(`${file}:${index + 1}: ${entry}`);
    else entries.push(entry);
  }
  return { entries, warnings };
}

function parseLine(file: string, line: number, text: string): KnownHost | string {
  const words = text.split(/[ \t]+/);
  const first = words[0] ?? '';
  const marker = Object.hasOwn(MARKERS, first) ? MARKERS[first as keyof typeof MARKERS] : undefined;
  if (first.startsWith('@') && marker === undefined) return `unknown marker ${first}`;
  const [hosts, keyType, encoded] = marker === undefined ? words : words.slice(1);
  if (hosts === undefined || keyType === undefined || encoded === undefined) return 'expected hosts, key type and key';
  const key = Buffer.from(encoded, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || typeOf(key) !== keyType)
    return `the key is not one of type ${keyType}`;
  if (hosts.startsWith('|') && hashed(hosts) === undefined) return 'the hashed host name is malformed';
  return { file, line, ...(marker === undefined ? {} : { marker }), hosts, keyType, key };
}

/** The type that a public key names itself; empty when it is no key. */
export function typeOf(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 0 && length <= 64 && key.length > 4 + length ? key.toString('latin1', 4, 4 + length) : '';
}

/** Does a known_hosts line speak of this host? As OpenSSH: case does not matter, `*` and `?` match, `!` takes out. */
export function speaksOf(hosts: string, name: string): boolean {
  const wanted = name.toLowerCase();
  if (hosts.startsWith('|')) {
    const hash = hashed(hosts);
    return hash !== undefined && timingSafeEqual(createHmac('sha1', hash.salt).update(wanted).digest(), hash.digest);
  }
  let found = false;
  for (const word of hosts.split(',')) {
    const negated = word.startsWith('!');
    if (!matchesGlob((negated ? word.slice(1) : word).toLowerCase(), wanted)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function hashed(hosts: string): { salt: Buffer; digest: Buffer } | undefined {
  const [, salt = '', digest = ''] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(hosts) ?? [];
  const hash = { salt: Buffer.from(salt, 'base64'), digest: Buffer.from(digest, 'base64') };
  return hash.salt.length === 20 && hash.digest.length === 20 ? hash : undefined;
}

/** The name under which OpenSSH keeps a host. */
export function nameOf(address: string, port: number): string {
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;
}
