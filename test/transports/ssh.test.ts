import { createSshTransport } from '../../src/transports/ssh.ts';
import { describeTransport, lookHere } from '../conformance/transport.ts';
import { rootProblem } from '../support/root.ts';
import { skip } from '../support/skip.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

describe('the ssh transport, before an SSH server in this process', () => {
  let server: SshServer | undefined;
  before(async function () {
    const problem = rootProblem();
    if (problem !== undefined) skip(this, problem);
    server = await startSshServer();
  });
  after(() => server?.stop());

  describeTransport(() => {
    if (server === undefined) throw new Error('the server was started before');
    const { host } = server;
    return Promise.resolve({ transport: createSshTransport(), host, look: lookHere, cut: () => server?.cut() });
  });
});
