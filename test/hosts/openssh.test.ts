import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { describeTransport } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { opensshHost } from './openssh-host.ts';
import { cutSessions } from './transport-fleet.ts';
import { useLightHost } from './use-hosts.ts';

describe('the openssh transport, before OpenSSH', function () {
  this.timeout(60_000);
  let web: FleetHost;

  useLightHost('ossh01', (started) => {
    web = started;
  });

  describe('as a user who becomes root by sudo', () => {
    describeTransport(() =>
      Promise.resolve({
        transport: createOpensshTransport(),
        host: opensshHost(web, 'ops'),
        look: async (command: string) => (await web.exec(command)).stdout,
        cut: () => cutSessions(web),
      }),
    );
  });
});
