import { createPublicKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Certificate, UnusableFile } from './certificate-fields.ts';
import { timestampOf } from './timestamps.ts';

/** Certificates as they were found together: in a file, or on a connection. */
export interface FoundChain {
  /** Empty: they were served. */
  readonly path: string;
  /** PEM or DER, each one certificate. */
  readonly blocks: readonly (string | Buffer)[];
  readonly key: FoundKey;
  /** Why there is none; else empty. */
  readonly reason: string;
}

interface FoundKey {
  readonly path: string;
  /** PEM of its public half; empty when it could not be told. */
  readonly publicKey: string;
  readonly error: string;
}

export const NO_KEY: FoundKey = { path: '', publicKey: '', error: '' };

const DAY_MS = 86_400_000;

/** Pure. `now`: RFC 3339, by which days are counted. */
export function describeChain(
  chains: readonly FoundChain[],
  serverName: string,
  now: string,
): { readonly certificates: readonly Certificate[]; readonly unusable: readonly UnusableFile[] } {
  const certificates: Certificate[] = [];
  const unusable: UnusableFile[] = [];
  for (const { path, blocks, key, reason } of chains) {
    if (reason !== '') unusable.push({ path, reason });
    for (const [index, block] of blocks.entries()) {
      const certificate = parse(block);
      if (certificate === undefined)
        unusable.push({ path, reason: `certificate ${index + 1} in it is damaged: it cannot be parsed` });
      else
        certificates.push({
          path,
          ...describe(certificate, index === 0 ? key : NO_KEY, serverName, now),
          leaf: index === 0,
        });
    }
  }
  return { certificates, unusable };
}

function parse(block: string | Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(block);
    const complete = [certificate.validFrom, certificate.validTo].every((time) => !Number.isNaN(Date.parse(time)));
    return complete ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function describe(
  certificate: X509Certificate,
  key: FoundKey,
  serverName: string,
  now: string,
): Omit<Certificate, 'path' | 'leaf'> {
  const ends = Date.parse(certificate.validTo);
  const begins = Date.parse(certificate.validFrom);
  const matches = keyMatches(certificate, key.publicKey);
  return {
    subject: shortName(certificate.subject),
    issuer: shortName(certificate.issuer),
    names: namesOf(certificate),
    name_matches: covers(certificate, serverName),
    not_before: timestampOf(begins / 1000),
    not_after: timestampOf(ends / 1000),
    days_left: (ends - Date.parse(now)) / DAY_MS,
    valid_yet: begins <= Date.parse(now),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    key_found: matches !== undefined,
    key_matches: matches === true,
    key_path: key.path,
    key_error: matches === undefined && key.publicKey !== '' ? 'it is of a kind that is not known here' : key.error,
  };
}

/** Undefined: there is nothing to compare, or it is of a kind that this machine does not know. */
function keyMatches(certificate: X509Certificate, publicKey: string): boolean | undefined {
  if (publicKey === '') return undefined;
  try {
    return certificate.publicKey.equals(createPublicKey(publicKey));
  } catch {
    return undefined;
  }
}

/** The common name; all of the name, on one line, where it has none. */
function shortName(name: string | undefined): string {
  const lines = (name ?? '').split('\n').filter((line) => line !== '');
  const common = lines.find((line) => line.startsWith('CN='))?.slice('CN='.length);
  return common ?? lines.join(', ');
}

/** `DNS:a.example, IP Address:192.0.2.1`; others, such as addresses of mail, name no server. */
function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName.split(', ').flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
}

function covers(certificate: X509Certificate, serverName: string): boolean {
  if (serverName === '') return false;
  const found = isIP(serverName) === 0 ? certificate.checkHost(serverName) : certificate.checkIP(serverName);
  return found !== undefined;
}
