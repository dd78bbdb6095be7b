import type { ValuesOf } from '../../model/type.ts';

export const CERTIFICATE = {
  kind: 'object',
  name: 'Certificate',
  key: 'fingerprint',
  fields: {
    path: { type: { kind: 'string' }, description: 'The file it is in; empty when it was served.' },
    leaf: { type: { kind: 'bool' }, description: 'The first of its file or connection: that of the server itself.' },
    subject: {
      type: { kind: 'string' },
      description: 'Whom it was made out to: the common name, or all of it where there is none.',
    },
    issuer: { type: { kind: 'string' }, description: 'Who signed it, in the same form.' },
    names: { type: { kind: 'list', of: { kind: 'string' } }, description: 'Host names and addresses it is valid for.' },
    name_matches: {
      type: { kind: 'bool' },
      description: '`server_name` is one of them, wildcards included; false without a `server_name`.',
    },
    not_before: { type: { kind: 'timestamp' }, description: 'From when it is valid.' },
    not_after: { type: { kind: 'timestamp' }, description: 'Until when.' },
    days_left: {
      type: { kind: 'double' },
      description: 'Days until then by the clock of the host; negative once it expired.',
    },
    valid_yet: { type: { kind: 'bool' }, description: 'Its time has begun, by the clock of the host.' },
    fingerprint: { type: { kind: 'string' }, description: 'SHA-256 of it, in hex.' },
    key_found: {
      type: { kind: 'bool' },
      description: 'A private key for it was found, and could be compared. Leaves only.',
    },
    key_matches: { type: { kind: 'bool' }, description: 'It belongs to the certificate.' },
    key_path: { type: { kind: 'string' }, description: 'Where the private key lies; empty when none was found.' },
    key_error: {
      type: { kind: 'string' },
      description: 'Why the key that is there could not be compared, such as `it has a passphrase`; else empty.',
    },
  },
} as const;

export type Certificate = ValuesOf<typeof CERTIFICATE.fields>;

export const UNUSABLE_FILE = {
  kind: 'object',
  name: 'UnusableFile',
  key: 'path',
  fields: {
    path: { type: { kind: 'string' }, description: 'The file; empty when it was served.' },
    reason: { type: { kind: 'string' }, description: 'Why, such as `there is no such file`.' },
  },
} as const;

export type UnusableFile = ValuesOf<typeof UNUSABLE_FILE.fields>;
