import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { describeTransport } from '../conformance/transport.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { opensshHost } from './openssh-host.ts';
import { cutSessions } from './transport-fleet.ts';

const problem = fleetProblem();

describe('the openssh transport, before OpenSSH', function () {
  this.timeout(60_000);
  let web: FleetHost;

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    web = await startLightHost({ name: 'ossh01' });
  });
  after(() => web?.stop());

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
