import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { HOST_SOURCE } from '../../src/transports/shell/host-source.ts';
import { changeOf, NEVER } from '../conformance/transport.ts';
import { rootProblem } from '../support/root.ts';
import { skip } from '../support/skip.ts';
import { SlowedReach } from './slowed-reach.ts';

/** No other test lets anything run so long: what sleeps so long is of this one. */
const DEADLINE_S = 86_311;
const WATCH = /^( *sleep "\$\w+" & rb_sleep=\$!)$/m;

/** A busy host: what waits for the deadline has just begun when a quick step has long ended. */
const slowed = (text: string): string => text.replace(WATCH, '$1; sleep 0.5');

describe('what waits for the deadline of a change', function () {
  this.timeout(20_000);
  before(function () {
    const problem = rootProblem();
    if (problem !== undefined) skip(this, problem);
  });

  const reach = new SlowedReach(slowed);
  after(() => reach.cut());

  it('leaves nothing on the host, however soon the change has ended', async () => {
    assert.match(HOST_SOURCE, WATCH);
    const { connection, runId } = await reach.lock();
    const { end } = await connection.change(changeOf(runId, 'true', { timeoutMs: DEADLINE_S * 1000 }), NEVER);
    await connection.close();
    assert.deepEqual(end, { how: 'exit', code: 0 });
    const { stdout } = spawnSync('ps', ['-eo', 'args='], { encoding: 'utf8' });
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.trim() === `sleep ${DEADLINE_S}`),
      [],
    );
  });
});
