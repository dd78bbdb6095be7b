import { createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { err, ok, type Result } from '../../util/result.ts';
import { word } from '../shell/quote.ts';
import { fieldsOf, isForProgram, isOwnKind, publicPart } from './public-key.ts';

/** Why a key can't be shown, as a clause after its name, and what a person does about it. */
export interface KeyProblem {
  readonly why: string;
  readonly hint: string;
  /** The program `ssh` can show it. */
  readonly program?: true;
}

export type KeyText =
  | { readonly kind: 'private'; readonly key: KeyObject; readonly publicKey: Buffer }
  /** OpenSSH's own format has the public half in clear, PEM has not. */
  | { readonly kind: 'encrypted'; readonly publicKey?: Buffer }
  | { readonly kind: 'public'; readonly publicKey: Buffer }
  | { readonly kind: 'unusable'; readonly problem: KeyProblem; readonly publicKey?: Buffer };

/** What a key file holds: OpenSSH's own format, PEM (PKCS#1, SEC 1), PKCS#8, or a public key. Decrypts nothing. */
export function readKeyText(text: string, path: string): KeyText {
  const trimmed = text.trim();
  if (trimmed.includes('-----BEGIN OPENSSH PRIVATE KEY-----')) return readOpenSsh(trimmed, path);
  if (/^-----BEGIN (RSA |EC |DSA |ENCRYPTED )?(PRIVATE KEY|PARAMETERS)-----/.test(trimmed))
    return readPem(trimmed, path);
  if (trimmed.startsWith('PuTTY-User-Key-File-'))
    return unusable(
      'is in the format of PuTTY',
      `puttygen ${word(path)} -O private-openssh -o ${word(`${path}.openssh`)}`,
    );
  const publicKey = readPublicLine(trimmed);
  if (publicKey === undefined) return unknownFormat(path);
  const problem = whyNotOfKind(fieldsOf(publicKey)[0]?.toString('latin1') ?? '');
  return problem === undefined ? { kind: 'public', publicKey } : { kind: 'unusable', problem, publicKey };
}

/** The key of one line `ssh-ed25519 AAAA... comment`. */
export function readPublicLine(text: string): Buffer | undefined {
  const [type = '', encoded = ''] = text.split(/\s+/, 2);
  const key = Buffer.from(encoded, 'base64');
  return type !== '' && fieldsOf(key)[0]?.toString('latin1') === type ? key : undefined;
}

/** Slow where the key was made so: to be called off the main thread. An error: the passphrase is wrong, or the file is damaged. */
export function decryptKeyText(text: string, passphrase: string): Result<KeyObject, string> {
  const trimmed = text.trim();
  if (!trimmed.includes('-----BEGIN OPENSSH PRIVATE KEY-----')) {
    const key = tried(() => createPrivateKey({ key: trimmed, passphrase }));
    return key instanceof Error ? err(key.message) : ok(key);
  }
  const key = fromOpenSsh(trimmed, passphrase);
  return key instanceof Error ? err(key.message) : ok(key);
}

function readOpenSsh(text: string, path: string): KeyText {
  const body = Buffer.from(text.split('-----')[2] ?? '', 'base64');
  const magic = 'openssh-key-v1\0';
  const [cipher, , , publicKey] = openSshFields(body.subarray(magic.length));
  const type = fieldsOf(publicKey ?? Buffer.alloc(0))[0]?.toString('latin1');
  if (body.toString('latin1', 0, magic.length) !== magic || publicKey === undefined || type === undefined)
    return unknownFormat(path);
  const refused = whyNotOfKind(type);
  if (refused !== undefined) return { kind: 'unusable', problem: refused, publicKey };
  if (cipher?.toString('latin1') === 'chacha20-poly1305@openssh.com')
    return { kind: 'unusable', problem: otherCipher(path), publicKey };
  if (cipher?.toString('latin1') !== 'none') return { kind: 'encrypted', publicKey };
  const key = fromOpenSsh(text);
  return key instanceof Error ? unknownFormat(path) : { kind: 'private', key, publicKey };
}

/** Cipher, its derivation, that one's options, and after the number of keys the public half of the first. */
function openSshFields(body: Buffer): readonly Buffer[] {
  const before = fieldsOf(body).slice(0, 3);
  if (before.length < 3) return [];
  const at = before.reduce((sum, field) => sum + 4 + field.length, 4);
  return [...before, ...fieldsOf(body.subarray(at)).slice(0, 1)];
}

function readPem(text: string, path: string): KeyText {
  if (/^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text)) return { kind: 'encrypted' };
  const key = tried(() => createPrivateKey(text));
  if (key instanceof Error) return unknownFormat(path);
  if (key.asymmetricKeyType === 'dsa') return { kind: 'unusable', problem: DSA };
  const publicKey = publicPart(key);
  if (publicKey !== undefined) return { kind: 'private', key, publicKey };
  return unusable(`is of kind ${key.asymmetricKeyType ?? 'unknown'}, which SSH does not have`, MAKE_ANOTHER);
}

/** Why a key of this kind is never shown by this transport. */
export function whyNotOfKind(type: string): KeyProblem | undefined {
  if (isOwnKind(type)) return undefined;
  if (type === 'ssh-dss') return DSA;
  if (!isForProgram(type)) return { why: `is of kind ${type}, which this transport does not know`, hint: MAKE_ANOTHER };
  return {
    why: type.startsWith('sk-') ? 'is on a FIDO token' : 'is a certificate',
    hint: 'Only the program ssh can show it: set ansible_connection: openssh for the host in the inventory.',
    program: true,
  };
}

const MAKE_ANOTHER = 'Make another: ssh-keygen -t ed25519';
const DSA: KeyProblem = { why: 'is a DSA key, which no sshd takes any more', hint: MAKE_ANOTHER };

function fromOpenSsh(text: string, passphrase?: string): KeyObject | Error {
  const parsed: ParsedKey | Error = ssh2.utils.parseKey(text, passphrase);
  return parsed instanceof Error ? parsed : tried(() => createPrivateKey(parsed.getPrivatePEM()));
}

const otherCipher = (path: string): KeyProblem => ({
  why: 'is encrypted with chacha20-poly1305, which only OpenSSH decrypts',
  hint: `Give it to an agent: ssh-add ${word(path)}. Or encrypt it anew: ssh-keygen -p -Z aes256-ctr -f ${word(path)}`,
});

const unusable = (why: string, hint: string): KeyText => ({ kind: 'unusable', problem: { why, hint } });

const unknownFormat = (path: string): KeyText =>
  unusable('is not in a known format', `Look at it: ssh-keygen -y -f ${word(path)}. Kinds: ed25519, ecdsa, rsa.`);

function tried<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
