import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type SecureContextOptions } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { action } from '../../src/actions/tls_certificate.ts';
import type { Interpretation, ProbeContext } from '../../src/model/action.ts';
import type { Script } from '../../src/model/script.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { closeAll, connectTo, later, reading, refusing, serveRaw } from './support/http-rig.ts';
import { probeWith } from './support/probe.ts';
import { runScript } from './support/run-script.ts';
import { busyBoxOnly, shells, type Shell } from './support/shells.ts';

const NOW = '2026-11-23T00:00:00Z';

describe('the action tls_certificate', () => {
  let folder = '';
  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'runbook-certificates-'));
    try {
      authority(folder);
      issue(folder, 'shop', {
        from: '20261101',
        until: '20261201',
        names: 'DNS:shop.example,DNS:*.shop.example,IP:192.0.2.7',
      });
      issue(folder, 'other', { from: '20270101', until: '20280101', names: 'DNS:other.example' });
    } catch {
      skip(this, 'no openssl that can issue certificates');
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(closeAll);
  const at = (name: string): string => join(folder, name);

  for (const shell of shells()) {
    describe(`reads files (${shell.name})`, () => {
      it('tells a chain, the leaf first, and that its key belongs to it', async () => {
        const { certificates, unusable } = await files(
          { files: [at('shop.pem')], server_name: 'www.shop.example' },
          shell,
        );
        assert.deepEqual(unusable, []);
        assert.equal(certificates.length, 2);
        const [leaf, above] = certificates;
        const { fingerprint, ...said } = leaf ?? assert.fail();
        assert.match(String(fingerprint), /^[0-9a-f]{64}$/);
        assert.deepEqual(said, {
          path: at('shop.pem'),
          leaf: true,
          subject: 'shop',
          issuer: 'Test authority',
          names: ['shop.example', '*.shop.example', '192.0.2.7'],
          name_matches: true,
          not_before: '2026-11-01T00:00:00Z',
          not_after: '2026-12-01T00:00:00Z',
          days_left: 8,
          valid_yet: true,
          key_found: true,
          key_matches: true,
          key_path: at('shop.key'),
          key_error: '',
        });
        assert.deepEqual([above?.['leaf'], above?.['subject'], above?.['key_found']], [false, 'Test authority', false]);
      });

      it('tells one that is not valid yet, and another key than its own', async () => {
        const { certificates } = await files({ files: [at('other.pem')], keys: [at('shop.key')] }, shell);
        const { valid_yet, key_found, key_matches, name_matches } = certificates[0] ?? assert.fail();
        assert.deepEqual(
          { valid_yet, key_found, key_matches, name_matches },
          { valid_yet: false, key_found: true, key_matches: false, name_matches: false },
        );
      });

      it('finds the key in the same file, beside privkey.pem and in private, and prints none of it', async () => {
        const places = ['combined.pem', 'live/fullchain.pem', 'tls/certs/shop.crt'].map(at);
        for (const place of ['live', 'tls/certs', 'tls/private']) mkdirSync(at(place), { recursive: true });
        const [key, chain] = [readFileSync(at('shop.key'), 'utf8'), readFileSync(at('shop.pem'), 'utf8')];
        writeFileSync(places[0] ?? '', key + chain);
        for (const place of places.slice(1)) writeFileSync(place, chain);
        writeFileSync(at('live/privkey.pem'), key);
        writeFileSync(at('tls/private/shop.key'), key);
        const seen: string[] = [];
        const { certificates } = await files({ files: places }, shell, seen);
        assert.deepEqual(
          certificates.filter(({ leaf }) => leaf).map(({ key_path: path, key_matches: matches }) => [path, matches]),
          [at('combined.pem'), at('live/privkey.pem'), at('tls/private/shop.key')].map((path) => [path, true]),
        );
        const secret = key.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
        assert.ok(secret.length > 10);
        for (const line of secret) assert.ok(!seen.join('').includes(line));
      });

      it('prints nothing of a key that stands behind a certificate which was cut off', async () => {
        const [certificate, key] = [readFileSync(at('shop.pem'), 'utf8'), readFileSync(at('shop.key'), 'utf8')];
        const secret = key.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
        for (const between of ['', '\n ', '\n\uFEFF', '\nkey:\n']) {
          writeFileSync(at('cut-off.pem'), certificate.slice(0, 400) + between + key);
          const printed: string[] = [];
          await files({ files: [at('cut-off.pem')] }, shell, printed);
          assert.ok(secret.length > 0);
          assert.deepEqual(
            secret.filter((line) => printed.some((text) => text.includes(line))),
            [],
            JSON.stringify(between),
          );
        }
      });

      it('says of each file why it holds no certificate', async () => {
        writeFileSync(at('empty.pem'), '');
        writeFileSync(at('text.pem'), 'not a certificate\n');
        const [leaf = ''] = readFileSync(at('shop.pem'), 'utf8').split(/(?<=END CERTIFICATE-----\n)/);
        writeFileSync(at('cut.pem'), leaf.slice(0, 500));
        writeFileSync(at('damaged.pem'), leaf.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'));
        writeFileSync(at('crlf.pem'), leaf.replaceAll('\n', '\r\n'));
        const names = ['absent.pem', 'empty.pem', 'text.pem', 'cut.pem', 'damaged.pem', 'crlf.pem'].map(at);
        const { certificates, unusable } = await files({ files: [...names, folder] }, shell);
        assert.deepEqual(
          certificates.map(({ path }) => path),
          [at('crlf.pem')],
        );
        assert.deepEqual(unusable, [
          { path: at('absent.pem'), reason: 'there is no such file' },
          { path: at('empty.pem'), reason: 'it holds no certificate in PEM' },
          { path: at('text.pem'), reason: 'it holds no certificate in PEM' },
          { path: at('cut.pem'), reason: 'certificate 1 in it is damaged: it cannot be parsed' },
          { path: at('damaged.pem'), reason: 'certificate 1 in it is damaged: it cannot be parsed' },
          { path: folder, reason: 'it is no regular file' },
        ]);
      });

      it('says why a key could not be compared', async () => {
        execFileSync('openssl', [
          'pkey',
          '-in',
          at('shop.key'),
          '-aes128',
          '-passout',
          'pass:hunter2',
          '-out',
          at('locked.key'),
        ]);
        writeFileSync(at('broken.key'), readFileSync(at('shop.key'), 'utf8').slice(0, 600));
        const keys = ['locked.key', 'broken.key'].map(at);
        const { certificates } = await files({ files: [at('shop.pem'), at('other.pem')], keys }, shell);
        assert.deepEqual(
          certificates.filter(({ leaf }) => leaf).map(({ key_found: found, key_error: error }) => [found, error]),
          [
            [false, 'it has a passphrase'],
            [false, 'openssl cannot read it: it may be damaged'],
          ],
        );
      });
    });
  }

  it('reads files with BusyBox alone, and says that there is no openssl to compare the key', async function () {
    const shell = shells().find(({ name }) => name === 'busybox') ?? skip(this, 'BusyBox cannot be fetched');
    mkdirSync(at('busybox'));
    const path = busyBoxOnly(at('busybox'));
    const { certificates } = await files({ files: [at('shop.pem')] }, shell, [], path);
    const { days_left, key_found, key_path, key_error } = certificates[0] ?? assert.fail();
    assert.deepEqual([days_left, key_found, key_path], [8, false, at('shop.key')]);
    assert.equal(key_error, 'the host has no openssl to compare it');
  });

  it('fails when a file may not be read', async function () {
    if (process.getuid?.() !== 0 || !existsSync('/usr/bin/setpriv')) return skip(this, 'needs root and setpriv');
    chmodSync(folder, 0o755);
    chmodSync(at('shop.pem'), 0o600);
    const shell: Shell = { name: 'dash', argv: ['/usr/bin/setpriv', '--reuid=65534', '--clear-groups', '/bin/sh'] };
    const result = await look({ files: [at('shop.pem')] }, { read: readingBy(shell) });
    assert.deepEqual(result, {
      status: 'failed',
      reason: 'cannot-check',
      error: `${at('shop.pem')} may not be read by this login; set become: true`,
    });
  });

  it('sees the chain that a server shows, by the name that it is asked for', async () => {
    const port = await serve(folder);
    const names = ['', 'shop.example', 'other.example'];
    const seen = await Promise.all(names.map((name) => served({ address: `127.0.0.1:${port}`, server_name: name })));
    assert.deepEqual(
      seen.map(({ certificates }) => certificates.map(({ subject }) => subject)),
      [
        ['shop', 'Test authority'],
        ['shop', 'Test authority'],
        ['other', 'Test authority'],
      ],
    );
    assert.deepEqual(
      seen.map(({ certificates }) => certificates[0]?.['name_matches']),
      [false, true, true],
    );
    assert.ok(seen.every(({ no_answer: silence }) => silence === ''));
  });

  it('sees the same by the openssl of a host that forbids forwarding', async () => {
    const port = await serve(folder);
    const context = { dial: refusing('channel-refused'), read: reading(process.env['PATH'] ?? '') };
    const { certificates } = await served({ address: `127.0.0.1:${port}`, server_name: 'other.example' }, context);
    assert.deepEqual(
      certificates.map(({ subject, leaf }) => [subject, leaf]),
      [
        ['other', true],
        ['Test authority', false],
      ],
    );
    const silent = await served({ address: '127.0.0.1:1' }, context);
    assert.deepEqual(silent.certificates, []);
    assert.match(silent.no_answer, /refused/i);
  });

  it('observes a server that does not answer, is none, or speaks no TLS', async () => {
    const plain = await serveRaw((socket) => socket.end('220 mail.example ESMTP\r\n'));
    const closing = await serveRaw((socket) => socket.destroy());
    const silent = await serveRaw(() => undefined);
    const said = async (port: number, changes: Partial<ProbeContext> = {}) =>
      (await served({ address: `127.0.0.1:${port}` }, changes)).no_answer;
    assert.equal(await said(1), 'connection refused');
    assert.equal(await said(plain), 'what answers there does not speak TLS');
    assert.equal(await said(closing), 'the connection was closed in the TLS handshake');
    assert.equal(await said(silent, { timeoutMs: 200 }), 'no answer within 180ms');
  });

  it('fails when the connection to the host is lost', async () => {
    const result = await look({ address: '127.0.0.1:443' }, { dial: refusing('connection-lost') });
    assert.deepEqual([result.status, result.status === 'failed' && result.reason], ['failed', 'lost']);
  });

  it('takes either files or an address', () => {
    const conflict = (params: JsonObject) => action.conflict?.(params as never);
    assert.equal(conflict({}), 'give either files or address');
    assert.equal(conflict({ files: ['/a'], address: 'a:1' }), 'give either files or address');
    assert.equal(conflict({ address: 'a:1', keys: ['/k'] }), 'keys belongs to files');
    assert.equal(conflict({ files: ['/a'], keys: ['/k'] }), undefined);
  });
});

interface Seen {
  readonly certificates: readonly JsonObject[];
  readonly unusable: readonly JsonObject[];
  readonly no_answer: string;
}

function look(params: JsonObject, changes: Partial<ProbeContext>): Promise<Interpretation<JsonObject>> {
  return probeWith(action, params, { now: NOW, ...changes });
}

async function served(params: JsonObject, changes: Partial<ProbeContext> = {}): Promise<Seen> {
  return outputOf(await look(params, { dial: connectTo(), ...changes }));
}

async function files(params: JsonObject, shell: Shell, seen: string[] = [], path?: string): Promise<Seen> {
  return outputOf(await look(params, { read: readingBy(shell, seen, path) }));
}

function outputOf(result: Interpretation<JsonObject>): Seen {
  return result.status === 'failed' ? assert.fail(result.error) : (result.output as unknown as Seen);
}

function readingBy(shell: Shell, seen: string[] = [], path?: string): ProbeContext['read'] {
  return async (script: Script) => {
    const { code, ...rest } = await runScript(script, shell, path);
    seen.push(rest.stdout.text, rest.stderr.text);
    return { end: { how: 'exit', code }, ...rest };
  };
}

function authority(folder: string): void {
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=Test authority'];
  execFileSync('openssl', [...made, '-keyout', 'ca.key', '-out', 'ca.pem'], { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'ca.cnf'), CA_CONF);
}

const CA_CONF = `
[ca]
default_ca = own
[own]
database = index
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
new_certs_dir = .
[any]
commonName = supplied
`;

interface Validity {
  readonly from: string;
  readonly until: string;
  readonly names: string;
}

/** NAME.key, and NAME.pem with the chain. */
function issue(folder: string, name: string, { from, until, names }: Validity): void {
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'index'), '');
  run(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=${names}`,
    '-out',
    'request',
  );
  const times = ['-startdate', `${from}000000Z`, '-enddate', `${until}000000Z`];
  run(
    'ca',
    '-batch',
    '-notext',
    '-config',
    'ca.cnf',
    '-cert',
    'ca.pem',
    '-keyfile',
    'ca.key',
    '-in',
    'request',
    '-out',
    'leaf',
    ...times,
  );
  const [leaf, ca] = ['leaf', 'ca.pem'].map((file) => readFileSync(join(folder, file), 'utf8'));
  writeFileSync(join(folder, `${name}.pem`), `${leaf}${ca}`);
}

/** A server of several names, the first one for those who ask for none. */
function serve(folder: string): Promise<number> {
  const pair = (name: string): SecureContextOptions => ({
    key: readFileSync(join(folder, `${name}.key`)),
    cert: readFileSync(join(folder, `${name}.pem`)),
  });
  const server = createServer(pair('shop'));
  server.addContext('other.example', pair('other'));
  server.on('tlsClientError', () => undefined);
  later(() => server.close());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
