import type * as ageLibrary from 'age-encryption';
import type { Diagnostic } from '../model/source.ts';
import { count } from '../util/count.ts';
import { err, ok, type Result } from '../util/result.ts';
import { aboutFile } from './read-file.ts';

type Age = typeof ageLibrary;

export interface AgeFile {
  readonly file: string;
  readonly bytes: Buffer;
}

export interface IdentityFile {
  readonly file: string;
  readonly text: string;
}

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const MAGIC = 'age-encryption.org/';

/** Is it encrypted by age, binary or armored? */
export function isAge(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 200).toString('latin1').trimStart();
  return start.startsWith(MAGIC) || start.startsWith(ARMOR);
}

/** Decrypts a file of age with the first key of the identity file that fits. What is wrong never contains a byte of a key. */
export async function decryptAge(secrets: AgeFile, identity: IdentityFile): Promise<Result<Buffer, Diagnostic>> {
  const age = await import('age-encryption');
  const keys = readIdentities(identity, age);
  if (!keys.ok) return keys;
  const bytes = withoutArmor(secrets, age);
  if (!bytes.ok) return bytes;
  const header = headerOf(bytes.value);
  const refusal = header === undefined ? damaged(secrets.file) : whyNotOurs(secrets.file, header);
  if (refusal !== undefined) return err(refusal);
  try {
    return ok(Buffer.from(await keys.value.decrypt(bytes.value)));
  } catch (error) {
    const isOtherKey = error instanceof Error && error.message.startsWith('no identity matched');
    return err(isOtherKey ? otherKey(secrets, identity) : damaged(secrets.file));
  }
}

/** A decrypter with all keys of the file: one a line, comments begin with `#`. */
function readIdentities({ file, text }: IdentityFile, age: Age): Result<InstanceType<Age['Decrypter']>, Diagnostic> {
  const refuse = (message: string, hint: string) => err(aboutFile(file, { code: 'E_IDENTITY', message, hint }));
  if (isAge(Buffer.from(text))) {
    return refuse('this key is encrypted itself', `decrypt it first: (umask 077; age -d ${file} > KEY), and name KEY`);
  }
  if (text.includes('-----BEGIN')) return refuse('this is no key of age', MAKE_KEY);
  const decrypter = new age.Decrypter();
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = [...lines.entries()].filter(([, line]) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) return refuse('there is no key in it', MAKE_KEY);
  for (const [index, key] of keys) {
    const where = `line ${index + 1}`;
    if (key.startsWith('age1')) return refuse(`${where} is a public key, which cannot decrypt`, MAKE_KEY);
    if (key.startsWith('AGE-PLUGIN-'))
      return refuse(`${where} is a key of a plugin, and plugins are not started`, MAKE_KEY);
    try {
      decrypter.addIdentity(key);
    } catch {
      return refuse(`${where} is no key of age`, MAKE_KEY);
    }
  }
  return ok(decrypter);
}

const MAKE_KEY = 'a key is a line that begins with AGE-SECRET-KEY-1; make one with age-keygen -o FILE';

function withoutArmor({ file, bytes }: AgeFile, age: Age): Result<Buffer, Diagnostic> {
  if (!isAge(bytes)) {
    const hint = 'encrypt it with age -r PUBLIC-KEY -o FILE.age FILE, or name it without .age';
    return err(aboutFile(file, { code: 'E_AGE', message: 'this is not encrypted by age', hint }));
  }
  const text = bytes.toString('latin1');
  if (!text.trimStart().startsWith(ARMOR)) return ok(bytes);
  try {
    return ok(Buffer.from(age.armor.decode(text)));
  } catch {
    return err(damaged(file));
  }
}

/** The text before the encrypted part; undefined when it has no end. */
function headerOf(bytes: Buffer): string | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\n--- ');
  return end < 0 ? undefined : text.slice(0, end);
}

/** The kinds of recipients that the library has keys for. */
const KINDS = new Set(['X25519', 'mlkem768x25519']);

function whyNotOurs(file: string, header: string): Diagnostic | undefined {
  const [version = '', ...lines] = header.split('\n');
  const refuse = (code: string, message: string, hint: string) => aboutFile(file, { code, message, hint });
  if (version !== `${MAGIC}v1`) return refuse('E_AGE', 'this was encrypted by an unknown version of age', ENCRYPT_ANEW);
  const kinds = lines.flatMap((line) => /^-> (\S+)/.exec(line)?.[1] ?? []);
  if (kinds.includes('scrypt')) {
    return refuse('E_PASSPHRASE', 'this is encrypted with a passphrase, and only keys can be used', ENCRYPT_ANEW);
  }
  // Some tools add one of a made-up kind, so that nobody relies on there being none.
  const usable = kinds.some((kind) => KINDS.has(kind));
  if (usable || kinds.length === 0) return undefined;
  const known = kinds.filter((kind) => /^[A-Za-z0-9-]{1,20}$/.test(kind) && !kind.endsWith('-grease'));
  return refuse('E_IDENTITY', `this is encrypted for keys of other kinds only: ${known.join(', ')}`, ENCRYPT_ANEW);
}

const ENCRYPT_ANEW = 'encrypt it for a key of age: age -r age1... -o FILE.age FILE';

function otherKey({ file }: AgeFile, identity: IdentityFile): Diagnostic {
  const keys = identity.text.split('\n').filter((line) => line.trim().startsWith('AGE-SECRET-KEY-')).length;
  return aboutFile(file, {
    code: 'E_IDENTITY',
    message: `${keys === 1 ? 'the key' : `none of the ${count(keys, 'key')}`} in ${identity.file} ${keys === 1 ? 'does not open' : 'opens'} this file`,
    hint: `name the right key with --age-identity, or encrypt the file for this one too: age -r $(age-keygen -y ${identity.file}) ...`,
  });
}

function damaged(file: string): Diagnostic {
  return aboutFile(file, {
    code: 'E_DAMAGED',
    message: 'the file is damaged: it cannot be decrypted to its end',
    hint: 'bring it back from a copy, or encrypt it anew',
  });
}
