import type { KeyObject, webcrypto } from 'node:crypto';

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' };

/** The kinds of key that ssh2 can show; OpenSSH has others. */
const OWN_KINDS = new Set(['ssh-ed25519', 'ssh-rsa', ...Object.values(CURVES).map((curve) => `ecdsa-sha2-${curve}`)]);

export const isOwnKind = (type: string): boolean => OWN_KINDS.has(type);

/** On a FIDO token, or a certificate: kinds that only the program `ssh` can show. */
export const isForProgram = (type: string): boolean => type.startsWith('sk-') || type.includes('-cert-v0');

/** The public half as it is on the wire (RFC 4253, 5656, 8709). Undefined: no kind of key that SSH has. */
export function publicPart(key: KeyObject): Buffer | undefined {
  const { kty, crv = '', x = '', y = '', n = '', e = '' } = exported(key);
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
  if (kty === 'RSA') return joined(Buffer.from('ssh-rsa'), positive(bytes(e)), positive(bytes(n)));
  if (kty === 'OKP' && crv === 'Ed25519') return joined(Buffer.from('ssh-ed25519'), bytes(x));
  const curve = CURVES[crv];
  if (kty !== 'EC' || curve === undefined) return undefined;
  const point = Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
  return joined(Buffer.from(`ecdsa-sha2-${curve}`), Buffer.from(curve), point);
}

/** The strings that follow one another in `bytes`; what is cut short is left out. */
export function fieldsOf(bytes: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** The modulus of an RSA key has so many bits. */
export function rsaBits(publicKey: Buffer): number {
  const modulus = fieldsOf(publicKey)[2] ?? Buffer.alloc(0);
  return BigInt(`0x0${modulus.toString('hex')}`).toString(2).length;
}

function exported(key: KeyObject): webcrypto.JsonWebKey {
  try {
    return key.export({ format: 'jwk' });
  } catch {
    return {};
  }
}

/** As SSH writes a number: without leading zeros, and with one where it would look negative. */
function positive(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
  return (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short;
}

export function joined(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return [length, field];
    }),
  );
}
