import { sign as signBytes, type KeyObject } from 'node:crypto';
import { err, ok, type Result } from '../../util/result.ts';
import type { Secret } from '../../util/secret.ts';
import { signByAgent } from './agent.ts';
import type { KeyFiles } from './key-files.ts';
import type { KeyProblem } from './key-text.ts';

/** A key that can be shown to a host: its public half at once, a signature when the host wants one. */
export interface LoginKey {
  /** `key /home/ops/.ssh/id_ed25519`. */
  readonly inWords: string;
  /** As on the wire. */
  readonly publicKey: Buffer;
  /** By its name in SSH; of RSA keys `rsa-sha2-512`, `rsa-sha2-256` or `ssh-rsa`, and nothing else signs. */
  readonly sign: (data: Buffer, algorithm: string, signal: AbortSignal) => Promise<Result<Buffer, KeyProblem>>;
}

export function keyOfFile(path: string, publicKey: Buffer, files: KeyFiles, passphrase: Secret | undefined): LoginKey {
  const sign: LoginKey['sign'] = async (data, algorithm) => {
    const key = await files.unlock(path, passphrase);
    return key.ok ? signWith(key.value, data, algorithm) : key;
  };
  return { inWords: `key ${path}`, publicKey, sign };
}

export function keyOfAgent(socket: string, publicKey: Buffer, inWords: string): LoginKey {
  const sign: LoginKey['sign'] = async (data, algorithm, signal) => {
    const signed = await signByAgent(socket, publicKey, data, algorithm, signal);
    return signed.ok ? signed : err({ why: `is held by the SSH agent, which ${signed.error}`, hint: ASK_AGENT });
  };
  return { inWords, publicKey, sign };
}

const ASK_AGENT = 'Look at: ssh-add -l. Unlock it with ssh-add -X, or name the key file in the inventory.';

const HASHES: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
  'ssh-rsa': 'sha1',
};

/** Off the main thread: a signature of a long RSA key takes some milliseconds. */
function signWith(key: KeyObject, data: Buffer, algorithm: string): Promise<Result<Buffer, KeyProblem>> {
  return new Promise((resolve) => {
    signBytes(HASHES[algorithm], data, key, (error, signature) =>
      resolve(error === null ? ok(signature) : err({ why: `can't sign: ${error.message}`, hint: 'Use another key.' })),
    );
  });
}
