import { err, type Result } from '../../util/result.ts';
import type { KeyProblem } from './key-text.ts';
import type { LoginKey } from './login-key.ts';
import type { UnusedKey } from './login-keys.ts';
import { fieldsOf } from './public-key.ts';

/** The keys of one login, each to be shown once. Nothing is signed with SHA-1, unless the configuration wants it. */
export class KeysToShow {
  readonly #left: LoginKey[];
  readonly #sha1: boolean;
  #saysSignatures = false;
  #signing: string | undefined;

  constructor(keys: readonly LoginKey[], sha1: boolean) {
    this.#left = [...keys];
    this.#sha1 = sha1;
  }

  /** The host has said which signatures it takes, as all that know more than SHA-1 do. */
  hostSaysSignatures(): void {
    this.#saysSignatures = true;
  }

  /** The key that an agent or a thread has been asked to sign with, in words. */
  get signing(): string | undefined {
    return this.#signing;
  }

  /** Undefined: there is no other. Those that are left out are added to `unused`. */
  next(unused: UnusedKey[]): LoginKey | undefined {
    for (let key = this.#left.shift(); key !== undefined; key = this.#left.shift()) {
      const isRsa = fieldsOf(key.publicKey)[0]?.toString('latin1') === 'ssh-rsa';
      if (!isRsa || this.#saysSignatures || this.#sha1) return key;
      unused.push({ inWords: key.inWords, ...ONLY_SHA1 });
    }
    return undefined;
  }

  async sign(key: LoginKey, data: Buffer, algorithm: string, signal: AbortSignal): Promise<Result<Buffer, KeyProblem>> {
    if (algorithm === 'ssh-rsa' && !this.#sha1) return err(ONLY_SHA1);
    this.#signing = key.inWords;
    const signed = await key.sign(data, algorithm, signal);
    this.#signing = undefined;
    return signed;
  }
}

const ONLY_SHA1: KeyProblem = {
  why: 'is an RSA key, and the host takes signatures of such only with SHA-1',
  hint: 'Use an ed25519 key. Or, if it must be, PubkeyAcceptedAlgorithms=+ssh-rsa in the configuration of ssh.',
};
