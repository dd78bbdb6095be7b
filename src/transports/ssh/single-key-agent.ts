import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';

/** Signs as `algorithm` says; `done` only when it could. */
export type Sign = (data: Buffer, algorithm: string, done: (signature: Buffer) => void) => void;

const ALGORITHMS = { sha1: 'ssh-rsa', sha256: 'rsa-sha2-256', sha512: 'rsa-sha2-512' } as const;

/** One key as ssh2 lets it be signed with later, and elsewhere: by an agent, or in another thread. */
export class SingleKeyAgent extends ssh2.BaseAgent {
  readonly #publicKey: Buffer;
  readonly #sign: Sign;

  constructor(publicKey: Buffer, sign: Sign) {
    super();
    this.#publicKey = publicKey;
    this.#sign = sign;
  }

  getIdentities(done: IdentityCallback): void {
    done(null, [this.#publicKey]);
  }

  /** ssh2 gives it its own form of the key, always with options. */
  override sign(given: unknown, data: Buffer, options?: unknown, answer?: SignCallback): void {
    const key = given as ParsedKey;
    const { hash = 'sha1' } = options as SigningRequestOptions;
    const algorithm = key.type === 'ssh-rsa' ? ALGORITHMS[hash] : key.type;
    this.#sign(data, algorithm, (signature) => answer?.(null, signature));
  }
}
