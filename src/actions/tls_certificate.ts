import { defineAction } from '../model/action.ts';
import { commandLine } from '../util/command-line.ts';
import { certificateFilesScript, readCertificateFiles } from './support/certificate-files.ts';
import { CERTIFICATE, UNUSABLE_FILE } from './support/certificate-fields.ts';
import { describeChain } from './support/certificate.ts';
import { failed } from './support/failure.ts';
import { servedChain } from './support/served-chain.ts';

const ADDRESS = String.raw`^(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]/]+):[1-9]\d{0,4}$`;

export const action = defineAction({
  name: 'tls_certificate',
  summary: 'Reads TLS certificates, from files or as a server shows them, and whether their keys belong to them.',
  notes: `
Give either \`files\` or \`address\`. Certificates are parsed on the controller: the host needs no openssl to read files.

**Files** are those of Apache, nginx and others: PEM, one certificate or a chain; \`leaf\` marks the first of each file, which is the one that
is served. A file that is absent, or holds no certificate, is in \`unusable\`. One that the login may not read fails the step.

**Keys** are looked for in the same file, in \`keys\`, and else where they usually lie: \`privkey.pem\` beside it (certbot), the same name with
\`.key\` beside it, and in \`private\` beside its folder. A private key never leaves the host: its openssl tells the public key, which is compared. Where
there is no openssl, or the key has a passphrase, \`key_found\` and \`key_matches\` are false and \`key_error\` says why.

**An address** is connected to from the host, through the connection; where the host forbids that, by its openssl. Nothing is
verified and nothing is sent after the handshake. A server that does not answer gives no certificate, and \`no_answer\` says why.
STARTTLS is not spoken.

\`days_left\` counts by the clock of the host.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    files: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'Certificate files on the host.',
      optional: true,
    },
    keys: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'Their private keys, in the order of `files`; an empty text, or one too few: looked for as above.',
      optional: true,
    },
    address: {
      type: { kind: 'string', pattern: ADDRESS, form: 'a host and a port, such as 127.0.0.1:443' },
      description: 'Where a server listens, as seen from the host.',
      optional: true,
    },
    server_name: {
      type: { kind: 'string' },
      description: 'The name to ask the server for (SNI), and to look for in the certificates; empty: none.',
      optional: true,
    },
  },
  conflict({ files, address, keys }) {
    if ((files === undefined) === (address === undefined)) return 'give either files or address';
    return keys !== undefined && files === undefined ? 'keys belongs to files' : undefined;
  },
  output: {
    certificates: {
      type: { kind: 'list', of: CERTIFICATE },
      description: 'In the order of the files; in each, and of an address, the leaf first.',
    },
    unusable: {
      type: { kind: 'list', of: UNUSABLE_FILE },
      description: 'Files, and parts of files, of which no certificate could be made.',
    },
    no_answer: {
      type: { kind: 'string' },
      description: 'Why the address showed no certificate, such as `connection refused`; else empty.',
    },
  },
  examples: [
    { title: 'What lies on the disk', params: { files: ['/etc/letsencrypt/live/example.com/fullchain.pem'] } },
    { title: 'What is served', params: { address: '127.0.0.1:443', server_name: 'www.example.com' } },
  ],
  work: {
    kind: 'probe',
    summary({ files = [], address = '', server_name = '' }) {
      if (address === '') return `read the certificates in ${commandLine(files)}`;
      return `TLS handshake with ${address}${server_name === '' ? '' : ` for ${server_name}`}`;
    },
    async probe({ files, keys = [], address = '', server_name = '' }, context) {
      if (files !== undefined) {
        const seen = readCertificateFiles(await context.read(certificateFilesScript(files, keys)), files);
        if (!seen.ok) return failed(seen.error.reason, seen.error.message);
        const { certificates, unusable } = describeChain(seen.value, server_name, context.now);
        return { status: 'ok', output: { certificates, unusable, no_answer: '' } };
      }
      const served = await servedChain(context, address, server_name);
      if (!served.ok) return failed(served.error.reason, served.error.message);
      const { certificates, unusable } = describeChain([served.value.chain], server_name, context.now);
      return { status: 'ok', output: { certificates, unusable, no_answer: served.value.noAnswer } };
    },
  },
});
