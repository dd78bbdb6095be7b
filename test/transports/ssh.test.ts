import { createSshTransport } from '../../src/transports/ssh.ts';
import { describeTransport, lookHere } from '../conformance/transport.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

describe('the ssh transport, before an SSH server in this process', () => {
  let server: SshServer;
  before(async () => {
    server = await startSshServer();
  });
  after(() => server.stop());

  describeTransport(() =>
    Promise.resolve({
      transport: createSshTransport(),
      host: server.host,
      look: lookHere,
      cut: () => server.cut(),
    }),
  );
});
