import type { SshAlgorithms } from '../../model/ssh-settings.ts';
import { listOf, valueOf, type Answer } from './answer.ts';

/** What ssh2 1.17 speaks, by OpenSSH's names. */
const SPOKEN: Readonly<Record<keyof SshAlgorithms, ReadonlySet<string>>> = {
  ciphers: new Set([
    ...['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
    ...['aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-cbc', 'aes192-cbc', 'aes256-cbc', '3des-cbc'],
  ]),
  macs: new Set([
    ...['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha1-etm@openssh.com'],
    ...['hmac-sha2-256', 'hmac-sha2-512', 'hmac-sha1', 'hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'],
  ]),
  keyExchanges: new Set([
    ...['curve25519-sha256', 'curve25519-sha256@libssh.org'],
    ...['ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521'],
    ...['diffie-hellman-group-exchange-sha256', 'diffie-hellman-group14-sha256', 'diffie-hellman-group16-sha512'],
    ...['diffie-hellman-group18-sha512', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1'],
    'diffie-hellman-group1-sha1',
  ]),
  hostKeys: new Set([
    ...['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
    ...['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-dss'],
  ]),
  publicKeys: new Set([
    ...['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
    ...['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
  ]),
};

/** The options that list them; the second name is that of OpenSSH before 8.5. */
const OPTIONS: Readonly<Record<keyof SshAlgorithms, readonly string[]>> = {
  ciphers: ['ciphers'],
  macs: ['macs'],
  keyExchanges: ['kexalgorithms'],
  hostKeys: ['hostkeyalgorithms'],
  publicKeys: ['pubkeyacceptedalgorithms', 'pubkeyacceptedkeytypes'],
};

const IN_WORDS: Readonly<Record<keyof SshAlgorithms, string>> = {
  ciphers: 'ciphers',
  macs: 'MACs',
  keyExchanges: 'key exchanges',
  hostKeys: 'kinds of host key',
  publicKeys: 'kinds of user key',
};

/**
 * OpenSSH's own lists of ciphers. It puts ChaCha20 first, which in this process costs twice as much as AES: where nobody chose,
 * it goes last.
 */
const DEFAULT_CIPHERS = [
  'chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr',
];
const OUR_CIPHERS =
  'aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,chacha20-poly1305@openssh.com';

/** What is configured and spoken here, in the configured order; clauses for lists of which nothing is. Absent lists are empty. */
export function algorithmsOf(answer: Answer): {
  readonly algorithms: SshAlgorithms;
  readonly beyond: readonly string[];
} {
  const beyond: string[] = [];
  const spoken = (kind: keyof SshAlgorithms): readonly string[] => {
    const value = valueOf(answer, ...OPTIONS[kind]);
    const wanted = listOf(kind === 'ciphers' && DEFAULT_CIPHERS.includes(value ?? '') ? OUR_CIPHERS : value);
    const known = wanted.filter((name) => SPOKEN[kind].has(name));
    if (wanted.length > 0 && known.length === 0)
      beyond.push(`of the ${IN_WORDS[kind]} ${wanted.join(', ')} none is spoken here`);
    return known;
  };
  const algorithms = {
    ciphers: spoken('ciphers'),
    macs: spoken('macs'),
    keyExchanges: spoken('keyExchanges'),
    hostKeys: spoken('hostKeys'),
    publicKeys: spoken('publicKeys'),
  };
  return { algorithms, beyond };
}
