import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../util/result.ts';
import type { Secret } from '../util/secret.ts';

/** A text that `ansible-vault` has closed, taken apart. */
export interface SealedText {
  /** The name of the password, since format 1.2. Only a hint: nothing protects it. */
  readonly id?: string;
  readonly salt: Buffer;
  readonly hmac: Buffer;
  readonly ciphertext: Buffer;
}

const HEADER = '$ANSIBLE_VAULT';

export const isSealed = (text: string): boolean => text.startsWith(HEADER);

/** Formats 1.1 and 1.2, with AES256, which are all that Ansible 2 has written since 1.5. */
export function readSealed(text: string): Result<SealedText, string> {
  const [first = '', ...lines] = text.trim().split(/\r?\n/);
  const [header, version, cipher, id] = first
    .trim()
    .split(';')
    .map((part) => part.trim());
  if (header !== HEADER) return err('this does not begin with $ANSIBLE_VAULT');
  if (version !== '1.1' && version !== '1.2') return err(`vaults of format ${version ?? 'unknown'} are not known`);
  if (cipher !== 'AES256') return err(`vaults with the cipher ${cipher ?? 'unknown'} are not known`);
  const parts =
    unhex(lines.map((line) => line.trim()).join(''))
      ?.toString('latin1')
      .split('\n') ?? [];
  const [salt, hmac, ciphertext] = parts.map(unhex);
  if (parts.length !== 3 || salt === undefined || hmac === undefined || ciphertext === undefined)
    return err('this vault is damaged: it is not made of hexadecimal digits as ansible-vault writes them');
  return ok({ ...(id !== undefined && id !== '' && { id }), salt, hmac, ciphertext });
}

function unhex(text: string): Buffer | undefined {
  return text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

const derive = promisify(pbkdf2);
const ITERATIONS = 10_000;

/** What is in it, or undefined when the password is another one's. The key is derived off the main thread, in some milliseconds. */
export async function openSealed(sealed: SealedText, password: Secret): Promise<Buffer | undefined> {
  const keys = await derive(password.reveal(), sealed.salt, ITERATIONS, 80, 'sha256');
  const expected = createHmac('sha256', keys.subarray(32, 64)).update(sealed.ciphertext).digest();
  if (expected.length !== sealed.hmac.length || !timingSafeEqual(expected, sealed.hmac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64, 80));
  const padded = Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
  // PKCS #7, which a stream cipher would not need.
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
}
