import assert from 'node:assert/strict';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { describeTransport } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { cutSessions, fleetHost } from './transport-fleet.ts';
import { useLightHost } from './use-hosts.ts';

describe('the ssh transport, before OpenSSH', function () {
  this.timeout(60_000);
  let web: FleetHost;

  useLightHost('wire01', (started) => {
    web = started;
  });

  const under = (user: string) => () =>
    Promise.resolve({
      transport: createSshTransport(),
      host: fleetHost(web, user),
      look: async (command: string) => (await web.exec(command)).stdout,
      cut: () => cutSessions(web),
    });

  for (const shell of ['dash', 'bash'])
    describe(`as root, where /bin/sh is ${shell}`, () => {
      before(async () => {
        assert.equal((await web.exec(`ln -sf ${shell} /bin/sh && readlink /bin/sh`)).stdout, `${shell}\n`);
      });
      after(() => web?.exec('ln -sf dash /bin/sh'));
      describeTransport(under('root'));
    });

  describe('as a user who becomes root by sudo', () => {
    describeTransport(under('ops'));
  });
});
