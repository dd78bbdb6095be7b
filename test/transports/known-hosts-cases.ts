import { spawnSync } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joined, publicPart } from '../../src/transports/ssh/public-key.ts';
import type { Random } from '../support/random.ts';
import { newKey } from './ssh-server.ts';

/** A key that may stand in a known_hosts file, as type and base64. */
export type KeyText = string;

/** A name that OpenSSH may ask for. */
export interface Asked {
  readonly address: string;
  readonly port: number;
}

export const ASKED: readonly Asked[] = [
  { address: 'web01', port: 22 },
  { address: 'web01', port: 2222 },
  { address: 'web1', port: 22 },
  { address: 'db.example.org', port: 22 },
  { address: 'db.example.org', port: 2222 },
  { address: '10.0.0.1', port: 22 },
  { address: '10.0.0.1', port: 443 },
  { address: 'fe80::1', port: 22 },
  { address: 'fe80::1', port: 2222 },
  { address: 'w\u00e4b', port: 22 },
];

/** One of each kind that OpenSSH can read, and some that it can't. */
export function someKeys(): readonly KeyText[] {
  const text = (blob: Buffer): KeyText => {
    const type = blob.toString('latin1', 4, 4 + blob.readUInt32BE());
    return `${type} ${blob.toString('base64')}`;
  };
  const made = (key: { publicKey: KeyObject }): KeyText => text(publicPart(key.publicKey) ?? Buffer.alloc(0));
  const number = (bytes: number): Buffer => Buffer.concat([Buffer.from([1]), randomBytes(bytes - 1)]);
  const rsa = (bits: number): KeyText => text(joined(Buffer.from('ssh-rsa'), Buffer.from([1, 0, 1]), number(bits / 8)));
  const onCurve = (namedCurve: string): KeyText => made(generateKeyPairSync('ec', { namedCurve }));
  const point = Buffer.from(onCurve('P-256').split(' ')[1] ?? '', 'base64').subarray(-65);
  const words = (...parts: readonly (string | Buffer)[]): KeyText =>
    text(joined(...parts.map((part) => Buffer.from(part as string))));
  const good = rsa(2048);
  return [
    made(generateKeyPairSync('ed25519')),
    made(generateKeyPairSync('ed25519')),
    onCurve('P-256'),
    onCurve('P-384'),
    onCurve('P-521'),
    good,
    good.replace('ssh-rsa', 'rsa-sha2-512'),
    rsa(1024),
    rsa(1016),
    rsa(16_384),
    rsa(16_392),
    words('ssh-dss', number(128), number(20), number(128), number(128)),
    words('sk-ssh-ed25519@openssh.com', randomBytes(32), 'ssh:'),
    words('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', point, 'ssh:'),
    words('ecdsa-sha2-nistp256', 'nistp384', point),
    words('ecdsa-sha2-nistp256', 'nistp256', Buffer.concat([point.subarray(0, 64), Buffer.from([7])])),
    words('ssh-ed25519', randomBytes(31)),
    words('ssh-ed25519', randomBytes(32), ''),
    words('ssh-rsa', Buffer.from([0x80]), number(256)),
    words('ssh-ed448', randomBytes(57)),
    certificate(),
  ];
}

/** A host certificate as it stands in a known_hosts file by mistake. */
function certificate(): KeyText {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-certificate-'));
  try {
    const file = join(folder, 'key');
    writeFileSync(file, newKey().private, { mode: 0o600 });
    writeFileSync(`${file}.pub`, newKey().public);
    const signed = spawnSync('ssh-keygen', ['-q', '-s', file, '-h', '-I', 'id', '-n', 'web01', `${file}.pub`]);
    if (signed.status !== 0) throw new Error(String(signed.stderr));
    return readFileSync(`${file}-cert.pub`, 'latin1').split(' ').slice(0, 2).join(' ');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The name as known_hosts has it, byte by byte. */
function nameIn({ address, port }: Asked): string {
  const bytes = Buffer.from(address).toString('latin1');
  return port === 22 ? bytes : `[${bytes}]:${port}`;
}

export function hashed(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name, 'latin1').digest('base64')}`;
}

/** So many of `someKeys`, from the first on, are ordinary. */
const GOOD = 6;

/** A line as people, programs and accidents write it. Never one that ends with its hosts: OpenSSH then reads what was there before. */
export function someLine(random: Random, keys: readonly KeyText[]): string {
  if (random.chance(3)) return random.pick(['', '# web01', '#', '  \t', ' # x', '\r']);
  const blank = (): string => random.pick([' ', ' ', ' ', ' ', ' ', '\t', '  ', ' \t ']);
  const marker = random.chance(80) ? '' : random.pick(MARKERS) + blank();
  const comment = random.chance(70) ? '' : blank() + random.pick(['root@web01', '# what', '\u00fc', '\r']);
  const start = random.chance(95) ? '' : random.pick([' ', '\t', '  ']);
  return `${start}${marker}${someHosts(random)}${blank()}${someKey(random, keys)}${comment}${random.chance(95) ? '' : '\r'}`;
}

const MARKERS = ['@revoked', '@revoked', '@cert-authority', '@Revoked', '@', '@revoked @revoked', '@cert-authorityx'];

/** The hosts of a line. */
export function someHosts(random: Random): string {
  if (random.chance(20)) return hashed(nameIn(random.pick(ASKED)));
  if (random.chance(5)) return brokenHash(random);
  if (random.chance(2)) return `${someHost(random)},${'x'.repeat(random.between(1021, 1025))}`;
  return Array.from({ length: random.pick([1, 1, 2, 3, 4]) }, () => someHost(random)).join(
    random.chance(97) ? ',' : random.pick([',,', ', ']),
  );
}

function someHost(random: Random): string {
  const { address, port } = random.pick(ASKED);
  const bytes = Buffer.from(address).toString('latin1');
  const cased = random.chance(85) ? bytes : bytes.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const name = random.chance(70) ? cased : somePattern(random, cased);
  const whole = random.pick([
    port === 22 ? name : `[${name}]:${port}`,
    name,
    name,
    `[${name}]:22`,
    `[${name}]:*`,
    `${name}:${port}`,
  ]);
  return random.chance(85) ? whole : `!${whole}`;
}

function somePattern(random: Random, name: string): string {
  const at = random.below(name.length);
  return random.pick([
    '*',
    `*${name.slice(at)}`,
    `${name.slice(0, at)}*`,
    `${name.slice(0, at)}?${name.slice(at + 1)}`,
    `${name.slice(0, at)}**?`,
    `${name}?`,
    `${name}*`,
    '?'.repeat(name.length),
    '[*]:2222',
  ]);
}

function brokenHash(random: Random): string {
  const whole = hashed(nameIn(random.pick(ASKED)));
  return random.pick([
    whole.replace('|1|', '|2|'),
    whole.replace('|1|', '|'),
    whole.replace(/=$/, ''),
    whole.replace(/=\|/, '|'),
    `${whole}=`,
    `${whole},web01`,
    whole.replace(/\|[^|]*$/, ''),
    `|1|${randomBytes(19).toString('base64')}|${whole.split('|')[3]}`,
    // The last two bits of 20 bytes in base64 are none of theirs.
    whole.replace(/(.)=$/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`),
  ]);
}

function someKey(random: Random, keys: readonly KeyText[]): string {
  const whole = random.pick(random.chance(60) ? keys.slice(0, GOOD) : keys);
  if (random.chance(85)) return whole;
  const [type = '', blob = ''] = whole.split(' ');
  const at = random.below(blob.length);
  return random.pick([
    `${type}\t${blob}`,
    blob,
    type,
    `${type} `,
    `${random.pick(keys).split(' ')[0]} ${blob}`,
    `${type} ${blob.slice(0, at)}`,
    `${type} ${blob}=`,
    `${type} ${blob}A`,
    `${type} ${blob.replace(/=+$/, '')}`,
    `${type} ${blob.slice(0, at)}\r${blob.slice(at)}`,
    `${type} ${blob.slice(0, at)}*${blob.slice(at + 1)}`,
    `${type.toUpperCase()} ${blob}`,
    `ED25519 ${blob}`,
    `2048 65537 1234567890123`,
    '# comment',
    `no-pty ${type} ${blob}`,
  ]);
}
