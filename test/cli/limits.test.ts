import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { skip } from '../support/skip.ts';
import { FLAG_MISSING } from './flag-missing.ts';
import { PROGRAM, Workplace, type Ended } from './spawn.ts';

const KEEPING = `${FLAG_MISSING.replace('runbook: flag-missing', 'runbook: keeping')}limits:
  keep: { group: web, healthy: 1 }
`;

describe('limits on the command line', function () {
  this.timeout(30_000);
  let place: Workplace;
  let flag: string;
  beforeEach(() => {
    place = new Workplace().write({ 'runbooks/flag-missing.yaml': FLAG_MISSING, 'runbooks/keeping.yaml': KEEPING });
    flag = join(place.directory, 'flag');
  });
  afterEach(() => {
    place.remove();
  });

  const argv = (...more: readonly string[]): readonly string[] => [
    'flag-missing',
    '--local',
    '--param',
    `flag=${flag}`,
    ...more,
  ];
  const SANDBOX = 'mount -t tmpfs tmpfs /run && exec "$@"';
  /** In a mount namespace of its own with an empty /run: nothing stays behind. */
  const sandboxed = (...command: readonly string[]): Promise<Ended> =>
    place.spawn('unshare', ['-m', 'sh', '-c', SANDBOX, 'sh', ...command]);
  const runbook = (...given: readonly string[]): Promise<Ended> => sandboxed(process.execPath, PROGRAM, ...given);

  it('exits 64 when what runs on its own would set one aside', async () => {
    for (const option of [
      ['--brake', '60%'],
      ['--ignore-cooldown', 'INC-1'],
    ]) {
      const { code, out, err } = await place.runbook(['run', ...argv('--yes', ...option)]);
      assert.deepEqual([code, out], [64, '']);
      assert.match(err, /^error: --(brake|ignore-cooldown): only a person at a terminal may set a limit aside/);
    }
  });

  it('exits 64 when there is no group to keep', async () => {
    const { code, err } = await place.runbook(['plan', 'keeping', '--local', '--param', `flag=${flag}`]);
    assert.equal(code, 64);
    assert.match(err, /limits.keep of keeping is for the group web, and with --local there are no groups/);
  });

  for (const brake of ['0%', '101%', '60', '6e1%', 'all']) {
    it(`exits 64 for --brake ${brake}`, async () => {
      const { code, err } = await place.runbook(['plan', 'x', '--brake', brake]);
      assert.equal(code, 64);
      assert.match(err, /Give a percent from 1% to 100%\./);
    });
  }

  it('refuses to repair again what was repaired just now, unless a person wants it; and it is on record', async function () {
    const probe = spawnSync('unshare', ['-m', 'script', '-qec', 'true', '/dev/null']);
    if (probe.status !== 0) skip(this, 'unshare -m and script are needed: root and util-linux');
    assert.equal((await runbook('run', ...argv('--yes'))).code, 0);

    rmSync(flag);
    const again = await runbook('run', ...argv('--yes'));
    assert.equal(again.code, 16);
    assert.match(
      again.out,
      /^flag-missing needs somebody: 1 refused \(localhost\)\n\nlocalhost {2}refused {2}repaired \d+s ago \(run [0-9a-z]{12}\): its cooldown of 15m is over/,
    );
    const planned = await runbook('plan', ...argv());
    assert.equal(planned.code, 16);

    const line = [process.execPath, PROGRAM, 'run', ...argv('--yes', '--ignore-cooldown', 'INC-7')].join(' ');
    const byPerson = await sandboxed('env', 'TERM=xterm', 'script', '-qec', line, '/dev/null');
    assert.equal(byPerson.code, 0, byPerson.out);
    const past = await place.runbook(['history', '--json', '--limit', '1']);
    const { runId } = JSON.parse(past.out) as { readonly runId: string };
    const shown = await place.runbook(['show', runId]);
    assert.match(shown.out, /override +--ignore-cooldown INC-7\n/);
  });
});
