import { userInfo } from 'node:os';
import { createLocalTransport } from '../../src/transports/local.ts';
import { describeTransport, lookHere } from '../conformance/transport.ts';
import { nearHost } from '../support/hosts.ts';
import { rootProblem } from '../support/root.ts';
import { skip } from '../support/skip.ts';

describe('the local transport', () => {
  const host = nearHost('here', 'local', { address: '127.0.0.1', user: userInfo().username });

  before(function () {
    const problem = rootProblem();
    if (problem !== undefined) skip(this, problem);
  });

  describeTransport(() => Promise.resolve({ transport: createLocalTransport(), host, look: lookHere }));
});
