import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../util/result.ts';
import { withoutCertificate } from './host-key-blob.ts';
import { readKey } from './known-hosts.ts';
import { fieldsOf } from './public-key.ts';

/**
 * Is the key in the file that RevokedHostKeys names: keys, one a line, or a key revocation list of OpenSSH (PROTOCOL.krl)? An error
 * says why that can't be known; as OpenSSH, nobody is believed then.
 */
export function isRevokedBy(file: string, key: Buffer): Result<boolean, string> {
  try {
    return isRevokedIn(readFileSync(file), key);
  } catch (error) {
    return err((error as Error).message);
  }
}

/** The same of what such a file holds. */
export function isRevokedIn(bytes: Buffer, key: Buffer): Result<boolean, string> {
  try {
    return bytes.subarray(0, MAGIC.length).equals(MAGIC) ? inList(bytes, key) : inLines(bytes.toString('latin1'), key);
  } catch (error) {
    return err((error as Error).message);
  }
}

function inLines(text: string, key: Buffer): Result<boolean, string> {
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^[ \t]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const revoked = readKey(line);
    if (typeof revoked !== 'string') {
      if (withoutCertificate(revoked).equals(key)) return ok(true);
    } else if (!/too short/.test(revoked)) return err(`line ${index + 1}: ${revoked}`);
  }
  return ok(false);
}

const MAGIC = Buffer.from('SSHKRL\n\0', 'latin1');
const HEADER_BYTES = 36;
/** What a section holds. Certificates, which are 1, are none of ours. */
const SECTION = { certificates: 1, keys: 2, sha1: 3, sha256: 5 } as const;

function inList(bytes: Buffer, key: Buffer): Result<boolean, string> {
  const digest = (name: string): Buffer => createHash(name).update(key).digest();
  const wanted = new Map([
    [SECTION.keys, key],
    [SECTION.sha1, digest('sha1')],
    [SECTION.sha256, digest('sha256')],
  ] as const);
  // Two texts end the header: one that is reserved, and a comment.
  if (bytes.length >= HEADER_BYTES && bytes.readUInt32BE(MAGIC.length) !== 1) return err('it is of an unknown version');
  let at = HEADER_BYTES;
  for (const _ of ['reserved', 'comment']) at = endOf(bytes, at);
  let isFound = false;
  while (at < bytes.length) {
    const section = bytes[at] as number;
    const end = endOf(bytes, at + 1);
    const value = wanted.get(section as typeof SECTION.keys);
    if (value === undefined && section !== SECTION.certificates) return err(`it has a section of kind ${section}`);
    const values = value === undefined ? [] : wholeFields(bytes.subarray(at + 5, end));
    if (value !== undefined && values.some((one) => one.equals(value))) isFound = true;
    at = end;
  }
  return ok(isFound);
}

function wholeFields(bytes: Buffer): readonly Buffer[] {
  const fields = fieldsOf(bytes);
  if (fields.reduce((sum, field) => sum + 4 + field.length, 0) !== bytes.length) throw new Error('it is cut short');
  return fields;
}

/** Where the text that starts here ends. */
function endOf(bytes: Buffer, at: number): number {
  const end = at + 4 > bytes.length ? Infinity : at + 4 + bytes.readUInt32BE(at);
  if (end > bytes.length) throw new Error('it is cut short');
  return end;
}
