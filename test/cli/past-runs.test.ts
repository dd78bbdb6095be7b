import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { skip } from '../support/skip.ts';
import { hasSaid, startRun, type BegunRun } from './begun-run.ts';
import { Workplace } from './spawn.ts';

describe('runs that were recorded', function () {
  this.timeout(60_000);
  let place: Workplace;
  let child: BegunRun | undefined;
  beforeEach(function () {
    if (!existsSync('/proc/self/stat')) skip(this, 'needs /proc');
    place = new Workplace();
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    place.remove();
  });

  /** Resolves when its one step, which lasts a minute, is running. */
  async function begin(): Promise<BegunRun> {
    const started = startRun(place, ['exec', '--local', '--shell', 'exec sleep 60']);
    child = started;
    await hasSaid(started, /"type":"step-intended"/);
    return started;
  }

  function edit(sql: string): void {
    const database = new DatabaseSync(join(place.directory, 'state', 'runbook', 'runbook.db'));
    database.exec(sql);
    database.close();
  }

  it('are shown as running with the process that has them, and are cancelled from another terminal', async () => {
    const run = await begin();
    const ended = once(run, 'exit');
    const history = await place.runbook(['history']);
    assert.match(history.out, / running +1 selected/);
    const shown = await place.runbook(['show', 'last']);
    assert.match(shown.out, new RegExp(`It is running, as process ${run.pid}\\.`));
    const cancelled = await place.runbook(['cancel', 'last', '--kill']);
    assert.match(cancelled.out, /^The run \w+ has ended with exit code 130: 1 failed\.\n$/);
    assert.equal(cancelled.code, 0);
    assert.deepEqual(await ended, [130, null]);
    const again = await place.runbook(['cancel', 'last']);
    assert.equal(again.code, 16);
    assert.match(again.err, /has ended already, with exit code 130/);
  });

  it('have died when their process did and there is nothing to go on with, and nobody is told to cancel or resume them', async () => {
    const run = await begin();
    const ended = once(run, 'exit');
    run.kill('SIGKILL');
    await ended;
    const [line = ''] = (await place.runbook(['history', '--json'])).out.split('\n');
    const { state, runId } = JSON.parse(line) as { readonly state: string; readonly runId: string };
    assert.equal(state, 'died');
    const shown = await place.runbook(['show', runId]);
    assert.match(
      shown.out,
      /\nIts process died\. What its command came to on hosts that have no end here is not known/,
    );
    const cancelled = await place.runbook(['cancel', runId.slice(0, 8)]);
    assert.equal(cancelled.code, 16);
    assert.match(cancelled.err, new RegExp(`is not running: its process ${run.pid} is gone`));
    assert.match(cancelled.err, new RegExp(`how far it came: runbook show ${runId}`));
    assert.doesNotMatch(cancelled.err + shown.out, /resume/);
    const checked = await place.runbook(['fsck']);
    assert.match(checked.out, /1 run, all as they were written\n$/);
    assert.equal(checked.code, 0);
  });

  it('are found by fsck when somebody edited them, by run and event', async () => {
    assert.equal((await place.runbook(['fsck'])).err, 'There is no store yet.\n');
    assert.equal((await place.runbook(['exec', '--local', '--reads', '--', 'true'])).code, 0);
    edit(`update events set body = replace(body, '"code":0', '"code":1') where type = 'step-ended'`);
    const checked = await place.runbook(['fsck']);
    assert.equal(checked.code, 1);
    assert.match(checked.out, /^\w{26}, event \d+: it is not as it was written/);
    assert.match(checked.out, /runbook\.db is not as it was written: 1 flaw, of 1 of 1 run\./);
    const asJson = await place.runbook(['fsck', '--json']);
    const flaw = JSON.parse(asJson.out) as { readonly runId: string; readonly seq: number; readonly message: string };
    assert.equal(typeof flaw.seq, 'number');
  });
});
