import { createHash } from 'node:crypto';
import type { ErrorInfo } from '../../model/error.ts';
import type { SshHop } from '../../model/ssh-settings.ts';
import { nameOf, speaksOf, typeOf, type KnownHost, type KnownHosts } from './known-hosts.ts';

type Machine = Pick<SshHop, 'address' | 'port'>;

const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** What is on file for one host, with the files it was looked for in. */
export interface HostKeys {
  readonly known: readonly KnownHost[];
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** As OpenSSH: a key on file without a port serves a host on another port when that one has none of its own. */
export function keysOf(host: Machine, files: readonly string[], { entries, warnings }: KnownHosts): HostKeys {
  const own = entries.filter(({ hosts }) => speaksOf(hosts, nameOf(host.address, host.port)));
  const withoutPort = () => entries.filter(({ hosts }) => speaksOf(hosts, nameOf(host.address, 22)));
  const known = own.some(({ marker }) => marker !== 'revoked') ? own : [...own, ...withoutPort()];
  return { known, files, warnings };
}

/** The host is asked first for the kinds of key that are on file, as OpenSSH does; else a second key would look unknown. */
export function keyAlgorithms({ known }: HostKeys): string[] {
  const onFile = known.filter(({ marker }) => marker === undefined).flatMap(({ keyType }) => ALGORITHMS[keyType] ?? []);
  return [...new Set([...onFile, ...Object.values(ALGORITHMS).flat()])];
}

/** `undefined`: this is the host. Else why nothing may be said to it, and what a person does about it. */
export function judgeHostKey(host: Machine, keys: HostKeys, key: Buffer): ErrorInfo | undefined {
  const { known, files } = keys;
  const same = (entry: KnownHost) => entry.key.equals(key);
  const shown = `${typeOf(key)} key ${fingerprint(key)}`;
  const name = nameOf(host.address, host.port);
  const revoked = known.find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked !== undefined)
    return {
      code: 'host-key-revoked',
      message: `the host shows the ${shown}, which is revoked at ${place(revoked)}`,
      hint: 'Someone may stand between you and this host. Do not log in until its owner has given it a new key.',
    };
  const plain = known.filter(({ marker }) => marker === undefined);
  if (plain.some(same)) return undefined;
  const other = plain.find(({ keyType }) => keyType === typeOf(key));
  if (other !== undefined)
    return {
      code: 'host-key-changed',
      message: `the host key has changed: known is ${fingerprint(other.key)} (${place(other)}), the host shows the ${shown}`,
      hint: `If the host was rebuilt, ask its owner for the new fingerprint, then: ssh-keygen -R '${name}' -f ${other.file}`,
    };
  const authority = known.find(({ marker }) => marker === 'cert-authority');
  if (authority !== undefined)
    return {
      code: 'host-key-unverifiable',
      message: `its key is vouched for by a certificate authority (${place(authority)}), and this transport can't check certificates`,
      hint: `Add its plain key to a known_hosts file: ${scan(host)} >>${files[0] ?? 'known_hosts'}, then compare the fingerprints.`,
    };
  return unknown(host, keys, plain, shown);
}

function unknown(host: Machine, { files, warnings }: HostKeys, plain: readonly KnownHost[], shown: string): ErrorInfo {
  const others = plain.map((entry) => `${entry.keyType} at ${place(entry)}`).join(', ');
  const skipped = warnings.length === 0 ? '' : `; skipped: ${warnings.slice(0, 3).join('; ')}`;
  return {
    code: 'host-key-unknown',
    message:
      others === ''
        ? `the host is unknown: its ${shown} is not in ${files.join(' or ')}${skipped}`
        : `the host shows the ${shown}, but only another kind is known: ${others}${skipped}`,
    hint: `Compare the fingerprint with the one its owner gives, then: ${scan(host)} >>${files[0] ?? 'known_hosts'}`,
  };
}

/** As OpenSSH writes it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

const place = ({ file, line }: KnownHost): string => `${file}:${line}`;

const scan = ({ address, port }: Machine): string => `ssh-keyscan ${port === 22 ? '' : `-p ${port} `}${address}`;
