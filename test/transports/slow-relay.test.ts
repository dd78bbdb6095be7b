import assert from 'node:assert/strict';
import { CHANGE_SOURCE } from '../../src/transports/shell/change-source.ts';
import { changeOf, NEVER } from '../conformance/transport.ts';
import { rootProblem } from '../support/root.ts';
import { skip } from '../support/skip.ts';
import { SlowedReach } from './slowed-reach.ts';

const RELAY = /^ {2}(\(trap '' PIPE; .*) &$/m;

/** A busy host: what relays a step's output begins only when a quick step has long ended. */
const slowed = (text: string): string => text.replace(RELAY, '  { sleep 0.5; $1; } &');

describe('a change whose relay is slow to start', function () {
  this.timeout(20_000);
  before(function () {
    const problem = rootProblem();
    if (problem !== undefined) skip(this, problem);
  });

  const reach = new SlowedReach(slowed);
  after(() => reach.cut());

  it('is reported with all it printed, and leaves the lock free', async () => {
    assert.match(CHANGE_SOURCE, RELAY);
    for (let round = 1; round <= 2; round += 1) {
      const { connection, runId } = await reach.lock();
      const change = changeOf(runId, 'echo out; echo err >&2', { timeoutMs: 2000 });
      const { end, stdout, stderr } = await connection.change(change, NEVER);
      await connection.close();
      assert.deepEqual([end, stdout.text, stderr.text], [{ how: 'exit', code: 0 }, 'out\n', 'err\n']);
    }
  });
});
