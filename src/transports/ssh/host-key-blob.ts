import { createHash, ECDH } from 'node:crypto';
import { fieldsOf, joined, rsaBits } from './public-key.ts';

const CURVES: Readonly<Record<string, string>> = {
  nistp256: 'prime256v1',
  nistp384: 'secp384r1',
  nistp521: 'secp521r1',
};
const CERTIFICATE = '-cert-v01@openssh.com';
/** OpenSSH takes no smaller RSA keys, and no larger numbers. */
const LEAST_RSA_BITS = 1024;
const MOST_NUMBER_BITS = 16_384;

/** Can it be this field of a key? */
type IsField = (field: Buffer) => boolean;

const isText: IsField = () => true;
const isEd25519: IsField = (field) => field.length === 32;
const isNumber: IsField = (field) => (field[0] ?? 0) < 0x80 && withoutZeros(field).length * 8 <= MOST_NUMBER_BITS;

/** The kinds of public key that OpenSSH knows, by what stands in the key itself, with the fields that follow. */
const KINDS: Readonly<Record<string, readonly IsField[]>> = {
  'ssh-ed25519': [isEd25519],
  'ecdsa-sha2-nistp256': onCurve('nistp256'),
  'ecdsa-sha2-nistp384': onCurve('nistp384'),
  'ecdsa-sha2-nistp521': onCurve('nistp521'),
  'ssh-rsa': [isNumber, isNumber],
  'ssh-dss': [isNumber, isNumber, isNumber, isNumber],
  'sk-ssh-ed25519@openssh.com': [isEd25519, isText],
  'sk-ecdsa-sha2-nistp256@openssh.com': [...onCurve('nistp256'), isText],
};

/** Other names of a kind: ways to sign with it. OpenSSH reads them in a known_hosts line, too. */
const SIGNATURES: Readonly<Record<string, string>> = {
  'rsa-sha2-512': 'ssh-rsa',
  'rsa-sha2-256': 'ssh-rsa',
  'webauthn-sk-ecdsa-sha2-nistp256@openssh.com': 'sk-ecdsa-sha2-nistp256@openssh.com',
};

/** The kind of key that an algorithm speaks of, certificates included. `undefined`: OpenSSH does not know it. */
export function kindOf(algorithm: string): string | undefined {
  const plain = isCertificate(algorithm)
    ? algorithm.slice(0, -CERTIFICATE.length) + (algorithm.startsWith('sk-') ? '@openssh.com' : '')
    : algorithm;
  const kind = SIGNATURES[plain] ?? plain;
  return Object.hasOwn(KINDS, kind) ? kind : undefined;
}

export const isCertificate = (algorithm: string): boolean => algorithm.endsWith(CERTIFICATE);

/** The kind that a public key names itself; empty when it is no key. */
export const typeOf = (key: Buffer): string => fieldsOf(key.subarray(0, 4 + LONGEST_NAME))[0]?.toString('latin1') ?? '';

const LONGEST_NAME = 64;

/** Would OpenSSH take this for a public key? Of a certificate only the key is looked at. */
export const isPublicKey = (key: Buffer): boolean => partsOf(key) !== undefined;

/** An RSA key that OpenSSH takes from nobody, nor from a file. */
export const isTooShort = (key: Buffer): boolean =>
  kindOf(typeOf(key)) === 'ssh-rsa' && rsaBits(withoutCertificate(key)) < LEAST_RSA_BITS;

/** The key that a certificate is about; any other key itself. */
export function withoutCertificate(key: Buffer): Buffer {
  const parts = isCertificate(typeOf(key)) ? partsOf(key) : undefined;
  return parts === undefined ? key : joined(...parts);
}

/** As OpenSSH writes it: of a certificate, that of its key. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(withoutCertificate(key)).digest('base64').replace(/=+$/, '')}`;
}

/** Its kind and the fields of it, without what a certificate says of it. */
function partsOf(key: Buffer): readonly Buffer[] | undefined {
  const type = typeOf(key);
  const kind = kindOf(type) ?? '';
  const [, ...all] = fieldsOf(key);
  const isOther = isCertificate(type);
  const fields = isOther ? all.slice(1, 1 + (KINDS[kind]?.length ?? 0)) : all;
  const wanted = KINDS[kind];
  if (wanted?.length !== fields.length || !wanted.every((isField, at) => isField(fields[at] as Buffer)))
    return undefined;
  const parts = [Buffer.from(kind), ...fields];
  return isOther || joined(...parts).equals(key) ? parts : undefined;
}

function onCurve(name: string): readonly IsField[] {
  const isPoint: IsField = (field) => {
    try {
      return field[0] === 4 && ECDH.convertKey(field, CURVES[name] as string).length > 0;
    } catch {
      return false;
    }
  };
  return [(field) => field.toString('latin1') === name, isPoint];
}

function withoutZeros(field: Buffer): Buffer {
  const first = field.findIndex((byte) => byte !== 0);
  return first < 0 ? Buffer.alloc(0) : field.subarray(first);
}
