import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/clock_step.ts';
import type { Interpretation } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

/** The clock of this machine with the milliseconds of the file `ahead` added; `-s` changes that file, and is a line of `log`. */
const DATE = `#!/bin/sh
cd "$(dirname "$0")"
real=$(/bin/date +%s%N); real=$((real / 1000000))
read -r ahead <ahead
now=$((real + ahead))
for word in "$@"; do :; done
case $*:$word in
  *-s*:@*)
    echo "$word" >>log
    [ ! -e forbidden ] || { echo 'date: cannot set date: Operation not permitted' >&2; exit 1; }
    case $word in *.*) [ ! -e whole-seconds ] || { echo "date: invalid date '$word'" >&2; exit 1; } ;; esac
    to=\${word#@} part=000
    case $to in *.*) part=\${to#*.} to=\${to%.*} ;; esac
    echo $((to * 1000 + 1000 + \${part#0} - 1000 - real)) >ahead ;;
  *%s.%N:*)
    if [ -e whole-seconds ]; then echo "$((now / 1000))."; else
      part=$((now % 1000 + 1000)); echo "$((now / 1000)).\${part#1}000000"; fi ;;
  *%s:*) echo $((now / 1000)) ;;
  *) echo 'Mon Nov 23 10:21:07 UTC 2026' ;;
esac
`;

const CHRONYC = `#!/bin/sh
cd "$(dirname "$0")"
case $* in *makestep*) echo makestep >>log; echo '200 OK' ;; *) cat tracking ;; esac
`;

for (const name of ['dash', 'bash', 'busybox'] as const) {
  const shell = shells().find((candidate) => candidate.name === name);

  describe(`the script of clock_step in ${name}`, () => {
    let folder: string;
    beforeEach(function () {
      if (shell === undefined) return skip(this, `no ${name} on this machine`);
      folder = mkdtempSync(join(tmpdir(), 'runbook-clock-'));
      has('date', DATE);
      chmodSync(join(folder, 'date'), 0o755);
    });
    afterEach(() => {
      if (shell !== undefined) rmSync(folder, { recursive: true });
    });

    const has = (file: string, content: string): void => writeFileSync(join(folder, file), content);
    const done = (): readonly string[] => {
      try {
        return readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n');
      } catch {
        return [];
      }
    };
    const chronySays = (time: string, leap = 'Normal'): void => {
      has('chronyc', CHRONYC);
      chmodSync(join(folder, 'chronyc'), 0o755);
      has('tracking', `System time     : ${time} of NTP time\nLeap status     : ${leap}\n`);
    };
    /** The host is ahead by so many milliseconds when it is measured. */
    const step = async (aheadMs: number, { max = '1h', setSince = 0 } = {}): Promise<Interpretation<JsonObject>> => {
      has('ahead', `${aheadMs + setSince}\n`);
      const [uptime = ''] = readFileSync('/proc/uptime', 'utf8').split('.');
      const clockSet = new Date(Math.round((Date.now() + aheadMs) / 1000 - Number(uptime)) * 1000).toISOString();
      const offset = aheadMs < 0 ? `-${-aheadMs}ms` : `${aheadMs}ms`;
      const params = { offset, clock_set: clockSet, max } as never;
      const { work } = action;
      if (work.kind !== 'script') return assert.fail('not a script');
      const answer = await runScript(
        work.compose(params, contextOf()),
        shell ?? assert.fail(),
        `${folder}:/usr/bin:/bin`,
      );
      return work.interpret(answer, params, contextOf());
    };
    const leftMs = (): number => Number(readFileSync(join(folder, 'ahead'), 'utf8'));
    const error = (result: Interpretation<JsonObject>): string =>
      result.status === 'failed' ? result.error : assert.fail(result.status);

    it('moves the clock by the offset, back and forward', async () => {
      assert.deepEqual(await step(180_400), { status: 'changed', output: { stepped: '-3m400ms', by: 'date' } });
      assert.ok(Math.abs(leftMs()) < 300, `${leftMs()}`);
      assert.deepEqual(await step(-600_050), { status: 'changed', output: { stepped: '10m50ms', by: 'date' } });
      assert.ok(Math.abs(leftMs()) < 300, `${leftMs()}`);
    });

    it('sets the nearest second where date takes no parts of one', async () => {
      has('whole-seconds', '');
      assert.equal((await step(60_000)).status, 'changed');
      assert.ok(Math.abs(leftMs()) <= 1500, `${leftMs()}`);
    });

    it('lets an offset below half a second be slewed', async () => {
      assert.deepEqual(await step(-499), { status: 'ok', output: { stepped: '0s', by: '' } });
      assert.deepEqual(done(), []);
    });

    it('does nothing beyond the maximum, nor once somebody set the clock', async () => {
      assert.equal(
        error(await step(180_000, { max: '2m' })),
        'the clock is off by 180000ms, which is more than 2m: nothing was done',
      );
      assert.match(
        error(await step(180_000, { setSince: -180_000 })),
        /^somebody set the clock by about -1\d\d s since it was measured/,
      );
      assert.deepEqual(done(), []);
    });

    it('lets a chrony make the step that wants the same one', async () => {
      chronySays('600.100000000 seconds slow');
      assert.deepEqual(await step(-600_000), { status: 'changed', output: { stepped: '10m', by: 'chrony' } });
      assert.deepEqual(done(), ['makestep']);
    });

    it('does nothing against a chrony that holds the clock for right', async () => {
      chronySays('0.000100000 seconds slow');
      assert.match(error(await step(-600_000)), /is the clock of the controller right\?$/);
      assert.deepEqual(done(), []);
    });

    it('goes by the controller where chrony follows nothing', async () => {
      chronySays('0.000000000 seconds fast', 'Not synchronised');
      assert.equal((await step(60_000)).status, 'changed');
      assert.equal(done().length, 1);
    });

    it('says so when the clock may not be set', async () => {
      has('forbidden', '');
      assert.equal(error(await step(60_000)), 'the clock cannot be set: Operation not permitted');
    });
  });
}
