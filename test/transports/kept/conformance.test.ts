import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { SYSTEM_CLOCK } from '../../../src/app/system-clock.ts';
import { KeptConnections } from '../../../src/transports/kept/connections.ts';
import { createLocalTransport } from '../../../src/transports/local.ts';
import { ShownPasswords } from '../../../src/transports/shown-passwords.ts';
import { createSshTransport } from '../../../src/transports/ssh.ts';
import { describeTransport, lookHere } from '../../conformance/transport.ts';
import { nearHost } from '../../support/hosts.ts';
import { rootProblem } from '../../support/root.ts';
import { skip } from '../../support/skip.ts';
import { startSshServer, type SshServer } from '../ssh-server.ts';

/** Each test is given what the one before has left. */
describe('a transport whose connections are kept', () => {
  let kept: KeptConnections;
  let server: SshServer | undefined;

  before(async function () {
    const problem = rootProblem();
    if (problem !== undefined) skip(this, problem);
    server = await startSshServer();
  });
  beforeEach(() => (kept ??= new KeptConnections(SYSTEM_CLOCK, { most: 10, idleMs: 60_000 })));
  after(async () => {
    await kept?.close();
    await server?.stop();
  });

  describe('to this machine', () => {
    const host = nearHost('here', 'local', { address: '127.0.0.1', user: userInfo().username });
    const transport = () => kept.over(createLocalTransport(), new ShownPasswords());
    describeTransport(() => Promise.resolve({ transport: transport(), host, look: lookHere }));
  });

  describe('over SSH', () => {
    describeTransport(() => {
      if (server === undefined) throw new Error('the server was started before');
      const transport = kept.over(createSshTransport(), new ShownPasswords());
      return Promise.resolve({ transport, host: server.host, look: lookHere, cut: () => server?.cut() });
    });

    it('made few connections for all of that', () => {
      assert.ok(server !== undefined && server.attempts.connections < 40, `${server?.attempts.connections}`);
    });
  });
});
