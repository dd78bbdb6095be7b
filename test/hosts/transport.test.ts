import assert from 'node:assert/strict';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { describeTransport } from '../conformance/transport.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { cutSessions, fleetHost } from './transport-fleet.ts';

const problem = fleetProblem();

describe('the ssh transport, before OpenSSH', function () {
  this.timeout(60_000);
  let web: FleetHost;

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    web = await startLightHost({ name: 'wire01' });
  });
  after(() => web?.stop());

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
