import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { startDemo } from './start-demo.ts';

const LIMIT_MS = 60_000;

describe('npm run demo, interrupted', function () {
  this.timeout(LIMIT_MS);

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`leaves nothing on the machine when ${signal} comes in the middle of the repair`, async function () {
      needsRoot(this);
      const demo = startDemo(['--tier', 'b']);
      await demo.shows('fix start');
      assert.notDeepEqual(demo.remains().processes, [], 'the host is a process that names its folder');
      demo.kill(signal);
      assert.equal((await demo.ended).code, code, demo.output());
      assert.deepEqual(demo.remains(), { files: [], processes: [] });
      demo.forget();
    });
  }

  it('leaves nothing when it is interrupted while it makes the host', async function () {
    needsRoot(this);
    const demo = startDemo(['--tier', 'a']);
    await demo.shows('Making a host');
    demo.kill('SIGINT');
    assert.equal((await demo.ended).code, 130, demo.output());
    assert.deepEqual(demo.remains(), { files: [], processes: [] });
    demo.forget();
  });

  it('takes its host along when it is killed', async function () {
    needsRoot(this);
    const demo = startDemo(['--tier', 'b']);
    await demo.shows('bad-deploy');
    demo.kill('SIGKILL');
    await demo.ended;
    while (demo.remains().processes.length > 0) await sleep(50);
    demo.forget();
  });

  it('leaves nothing of a simulated host either', async () => {
    const demo = startDemo(['--tier', 'c']);
    await demo.shows('fix start');
    demo.kill('SIGINT');
    assert.equal((await demo.ended).code, 130, demo.output());
    assert.deepEqual(demo.remains(), { files: [], processes: [] });
    demo.forget();
  });
});

function needsRoot(context: Mocha.Context): void {
  const problem = fleetProblem();
  if (problem !== undefined) skip(context, problem);
}
