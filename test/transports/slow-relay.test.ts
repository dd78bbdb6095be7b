import assert from 'node:assert/strict';
import { connectShell } from '../../src/transports/shell/connection.ts';
import { CHANGE_SOURCE } from '../../src/transports/shell/change-source.ts';
import { ShownPasswords } from '../../src/transports/shown-passwords.ts';
import { changeOf, locked, newRunId, NEVER } from '../conformance/transport.ts';
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
    for (const round of [1, 2]) {
      const options = { become: false, connectTimeoutMs: 5000, secrets: {} };
      const connection = await connectShell(reach, options, new ShownPasswords(), NEVER);
      assert.ok(connection.ok, `round ${round}`);
      const runId = newRunId();
      await locked(connection.value, runId);
      const change = changeOf(runId, 'echo out; echo err >&2', { timeoutMs: 2000 });
      const { end, stdout, stderr } = await connection.value.change(change, NEVER);
      await connection.value.close();
      assert.deepEqual([end, stdout.text, stderr.text], [{ how: 'exit', code: 0 }, 'out\n', 'err\n']);
    }
  });
});
