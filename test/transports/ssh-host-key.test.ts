import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { Host } from '../../src/model/host.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { keyAlgorithms, keysOf } from '../../src/transports/ssh/host-key.ts';
import { KnownHostsFiles } from '../../src/transports/ssh/known-hosts-file.ts';
import { NEVER } from '../conformance/transport.ts';
import { withFiles } from '../support/hosts.ts';
import { skip } from '../support/skip.ts';
import { newKey, startSshServer, type SshServer } from './ssh-server.ts';

describe('the key of an SSH host', () => {
  let server: SshServer;
  let known: string;
  beforeEach(async () => {
    server = await startSshServer();
    known = server.knownHostsFile;
  });
  afterEach(() => server.stop());

  const tried = async (host: Host = server.host): Promise<ErrorInfo | undefined> => {
    const connection = await createSshTransport().connect(
      host,
      { become: false, connectTimeoutMs: 5000, secrets: {} },
      NEVER,
    );
    if (!connection.ok) return connection.error;
    await connection.value.close();
    return undefined;
  };
  const expectRefusal = async (code: ErrorInfo['code'], ...words: readonly string[]): Promise<void> => {
    const error = await tried();
    assert.equal(error?.code, code, JSON.stringify(error));
    for (const word of words)
      assert.ok(`${error.message} ${error.hint}`.includes(word), `${word}: ${JSON.stringify(error)}`);
    assert.equal(server.attempts.authentication, 0, 'nothing of the login may be said to it');
  };
  const name = (): string => `[127.0.0.1]:${server.host.port}`;
  const otherKey = newKey().public.split(' ').slice(0, 2).join(' ');

  it('is taken when it is on file', async () => {
    assert.equal(await tried(), undefined);
  });

  it('is taken from a line without a port, as OpenSSH does', async () => {
    writeFileSync(known, server.hostKeyLine.replace(name(), '127.0.0.1'));
    assert.equal(await tried(), undefined);
  });

  it('is refused when the host is unknown, with its fingerprint and the command to learn it', async () => {
    writeFileSync(known, '');
    await expectRefusal(
      'host-key-unknown',
      server.fingerprint,
      `ssh-keyscan -t ed25519 -p ${server.host.port} 127.0.0.1 >>${known}`,
      known,
    );
  });

  it('is taken after the commands of two hints: one that forgets the old key, and one that learns the new one', async function () {
    if (spawnSync('ssh-keyscan', ['-?']).error !== undefined) skip(this, 'there is no ssh-keyscan here');
    writeFileSync(known, `${name()} ${otherKey}\n`);
    for (const code of ['host-key-changed', 'host-key-unknown']) {
      const error = await tried();
      assert.equal(error?.code, code);
      await promisify(execFile)('sh', ['-c', /ssh-key.*$/.exec(error.hint ?? '')?.[0] ?? 'exit 1']);
    }
    assert.equal(await tried(), undefined);
  });

  it('is refused when it has changed, with both fingerprints, the line and the command to forget it', async () => {
    writeFileSync(known, `# one\n${name()} ${otherKey}\n`);
    await expectRefusal('host-key-changed', server.fingerprint, `${known}:2`, `ssh-keygen -R '${name()}' -f ${known}`);
  });

  it('is refused when it is revoked, even if it is also on file', async () => {
    appendFileSync(known, `@revoked * ${server.hostKeyLine.split(' ').slice(1).join(' ')}\n`);
    await expectRefusal('host-key-revoked', `${known}:2`);
  });

  it('is refused in words when only a certificate authority vouches for it', async () => {
    writeFileSync(known, `@cert-authority ${name()} ${otherKey}\n`);
    await expectRefusal('host-key-unverifiable', 'certificate', `${known}:1`);
  });

  it('is refused when only another kind of key is on file', async () => {
    const [type, blob] = newKey('rsa').public.split(' ');
    writeFileSync(known, `${name()} ${type} ${blob}\n`);
    await expectRefusal('host-key-changed', 'only another kind is known', `${known}:1`, 'ssh-keyscan -t ed25519 -p');
  });

  it('is refused when the file is missing, and a malformed line is said', async () => {
    writeFileSync(known, `${name()} ssh-ed25519 nonsense\n`);
    await expectRefusal('host-key-unknown', `${known}:1`);
    const error = await tried({
      ...server.host,
      ssh: withFiles(server.host.ssh, join(server.folder, 'key'), join(server.folder, 'none')),
    });
    assert.equal(error?.code, 'host-key-unknown');
  });

  it('is asked for in the kind that is on file', () => {
    const line = `${name()} ${newKey('rsa').public.split(' ').slice(0, 2).join(' ')}`;
    writeFileSync(known, line);
    const algorithms = keyAlgorithms(keysOf(server.host.ssh, new KnownHostsFiles(), true));
    assert.deepEqual(algorithms.slice(0, 3), ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']);
    assert.equal(algorithms.includes('ssh-rsa'), false);
  });

  for (const kind of ['rsa', 'ecdsa'] as const)
    it(`may be of kind ${kind}`, async () => {
      const other = await startSshServer({ hostKey: newKey(kind) });
      try {
        assert.equal(await tried(other.host), undefined);
        assert.match(readFileSync(other.knownHostsFile, 'utf8'), new RegExp(kind));
      } finally {
        await other.stop();
      }
    });
});
