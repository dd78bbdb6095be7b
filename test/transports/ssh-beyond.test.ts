import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SshSettings } from '../../src/model/ssh-settings.ts';
import type { SshError } from '../../src/transports/failure.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER } from '../conformance/transport.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

/** A public key on a token; ssh2 could not make one. */
const TOKEN = (() => {
  const field = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
  const type = 'sk-ssh-ed25519@openssh.com';
  return `${type} ${Buffer.concat([field(type), field('x'.repeat(32)), field('ssh:')]).toString('base64')}`;
})();

describe('what only the program ssh can do', () => {
  let server: SshServer;
  beforeEach(async () => {
    server = await startSshServer();
  });
  afterEach(() => server.stop());

  const refused = async (parts: Partial<SshSettings>, password?: string): Promise<SshError> => {
    const host = { ...server.host, ssh: { ...server.host.ssh, ...parts } };
    const secrets = password === undefined ? {} : { loginPassword: new Secret(password) };
    const options = { become: false, connectTimeoutMs: 3000, secrets };
    const connection = await createSshTransport().connect(host, options, NEVER);
    assert.equal(connection.ok, false);
    return connection.error;
  };
  const tokenOnly = (): Partial<SshSettings> => {
    const path = join(server.folder, 'token');
    writeFileSync(path, TOKEN);
    return { login: { ...server.host.ssh.login, keyFiles: [{ path, isDefault: false }] } };
  };

  it('is said of a host key that an authority vouches for', async () => {
    writeFileSync(server.knownHostsFile, `@cert-authority ${server.hostKeyLine}\n`);
    assert.equal((await refused({})).beyond, 'only that can check its host key');
  });

  it('is said where there is no algorithm in common', async () => {
    const algorithms = { ...server.host.ssh.algorithms, ciphers: ['3des-cbc'] };
    assert.equal((await refused({ algorithms })).beyond, 'its sshd and our own SSH have no algorithm in common');
  });

  it('is said of a key on a token, but not where the host was shown a password', async () => {
    const token = tokenOnly();
    assert.equal((await refused(token)).beyond, `key ${join(server.folder, 'token')} is on a FIDO token`);
    await server.stop();
    server = await startSshServer({ login: (context) => context.reject(['password']) });
    assert.equal((await refused(tokenOnly(), 'wrong')).beyond, undefined);
  });

  it('is said of a jump host under its name', async () => {
    const hop = { ...server.host.ssh, ...tokenOnly(), name: 'gate' };
    const error = await refused({ route: { kind: 'jumps', hops: [hop] } });
    assert.match(error.beyond ?? '', /^at the jump host gate: key \S+ is on a FIDO token$/);
  });

  it('is not said where ssh would refuse as well', async () => {
    writeFileSync(server.knownHostsFile, '');
    const unknown = await refused({});
    assert.deepEqual([unknown.code, unknown.beyond], ['host-key-unknown', undefined]);
    const hostKeys = { ...server.host.ssh.hostKeys, revokedFile: join(server.folder, 'none') };
    const unreadable = await refused({ hostKeys });
    assert.deepEqual([unreadable.code, unreadable.beyond], ['host-key-unverifiable', undefined]);
  });
});
