import type { KnownHost } from './known-hosts.ts';
import { isCertificate, kindOf, typeOf, withoutCertificate } from './host-key-blob.ts';

/** OpenSSH 9's own, in its order; for settings that name none. */
const DEFAULTS: readonly string[] = [
  'ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
  'sk-ssh-ed25519-cert-v01@openssh.com',
  'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'rsa-sha2-512-cert-v01@openssh.com',
  'rsa-sha2-256-cert-v01@openssh.com',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** What ssh2 can verify. */
const VERIFIABLE: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
  'ssh-dss',
]);

export const isVerifiable = (algorithm: string): boolean => VERIFIABLE.has(algorithm);

/**
 * The algorithms that OpenSSH would ask a host for, those of known keys first: a host has several keys, and would else show one
 * that nobody knows. `own` are the lines for its name and port; those without the port do not count. As sshconnect2.c,
 * order_hostkeyalgs.
 */
export function orderAlgorithms(allowed: readonly string[], own: readonly KnownHost[]): readonly string[] {
  const all = allowed.length === 0 ? DEFAULTS : allowed;
  const best = kindOf(all[0] ?? '');
  if (wantedFor(best, own) !== undefined) return all;
  const isFirst = (algorithm: string): boolean =>
    (isCertificate(algorithm) && own.some(({ marker }) => marker === 'cert-authority')) ||
    wantedFor(kindOf(algorithm), own) !== undefined;
  return [...all.filter(isFirst), ...all.filter((algorithm) => !isFirst(algorithm))];
}

/** The line for which a kind is asked for: the first of that kind stands for all, and a revoked one for none. */
export function wantedFor(kind: string | undefined, own: readonly KnownHost[]): KnownHost | undefined {
  const first = own.find(({ marker, key }) => marker === undefined && typeOf(key) === kind);
  return first === undefined || isRevoked(first.key, own) ? undefined : first;
}

/** Is there a line that revokes it? A revoked certificate revokes its key. */
export function isRevoked(key: Buffer, entries: readonly KnownHost[]): boolean {
  return entries.some(
    (entry) => entry.marker === 'revoked' && withoutCertificate(entry.key).equals(withoutCertificate(key)),
  );
}
