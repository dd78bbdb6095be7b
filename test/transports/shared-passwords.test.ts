import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { AuthContext } from 'ssh2';
import type { SshHost } from '../../src/model/host.ts';
import type { Transport } from '../../src/model/transport.ts';
import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { nothingShown } from '../../src/transports/shown-passwords.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER } from '../conformance/transport.ts';
import { skip } from '../support/skip.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

describe('a password for a login over both transports of SSH', () => {
  let server: SshServer;
  let said: string[];
  const login = (context: AuthContext): void => {
    if (context.method === 'password') said.push(context.password);
    context.reject(['password']);
  };

  before(function () {
    if (spawnSync('ssh', ['-V']).status !== 0) skip(this, 'needs OpenSSH');
  });
  beforeEach(async () => {
    said = [];
    server = await startSshServer({ login });
  });
  afterEach(() => server.stop());

  const hostNamed = (name: string): SshHost => {
    const { port, ssh } = server.host;
    const options = [`Port=${port}`, `UserKnownHostsFile=${server.knownHostsFile}`, 'PubkeyAuthentication=no'];
    const program = { destination: '127.0.0.1', options, configFile: 'none' };
    return { ...server.host, name, ssh: { ...ssh, program, login: { ...ssh.login, keyFiles: [] } } };
  };
  const why = async (transport: Transport, name: string): Promise<string> => {
    const secrets = { loginPassword: new Secret('wrong') };
    const options = { become: false, connectTimeoutMs: 5000, secrets };
    const connection = await transport.connect(hostNamed(name), options, NEVER);
    return connection.ok ? 'connected' : connection.error.message;
  };

  for (const order of ['ours first', 'the program first'] as const)
    it(`is shown by neither once a host has refused it to the other: ${order}`, async () => {
      const shown = nothingShown();
      const both = [createSshTransport({ shown }), createOpensshTransport({ shown })];
      const [first, second] = (order === 'ours first' ? both : both.toReversed()) as [Transport, Transport];
      assert.match(await why(first, 'web01'), /refuses \S+ with the password$/);
      assert.match(await why(second, 'web02'), /^the password was not shown to .*: web01 refused this very password/);
      assert.deepEqual(said, ['wrong']);
    });
});
