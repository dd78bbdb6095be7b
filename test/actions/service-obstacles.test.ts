import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action as service } from '../../src/actions/service.ts';
import { action as status } from '../../src/actions/service_status.ts';
import type { Action, Interpretation } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

/** Shows of each unit the properties asked for, from a file of its name; a start fails with what the file `refusal` says, once when there is `limited`. */
const SYSTEMCTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
properties=
while :; do case $1 in -p) properties=$2; shift 2 ;; --) shift; break ;; -*) shift ;; *) [ -n "$verb" ] && break; verb=$1; shift ;; esac; done
case $verb in
  show) for unit in "$@"; do grep -E "^($(echo "$properties" | tr , '|'))=" "units/$unit"; echo; done ;;
  is-enabled) echo enabled ;;
  status) cat status ;;
  reset-failed) echo "reset $1" >>log; rm -f limited ;;
  *)
    echo "$verb $1" >>log
    if [ -e limited ]; then echo 'Job failed because start of the service was attempted too often.' >&2; exit 1; fi
    if [ -e refusal ]; then cat refusal >&2; exit 1; fi
    sed -i 's/^ActiveState=.*/ActiveState=active/' "units/$1" ;;
esac
`;
const JOURNALCTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
for unit in "$@"; do [ "$before" != -n ] || most=$unit; before=$unit; done
unit=\${unit#UNIT=}; [ ! -e "journal/$unit" ] || tail -n "$most" "journal/$unit"
`;

for (const name of ['dash', 'bash', 'busybox'] as const) {
  const shell = shells().find((candidate) => candidate.name === name);

  describe(`what keeps a service down, found in ${name}`, () => {
    let folder: string;
    beforeEach(function () {
      if (shell === undefined) return skip(this, `no ${name} on this machine`);
      folder = mkdtempSync(join(tmpdir(), 'runbook-service-'));
      for (const part of ['units', 'journal']) mkdirSync(join(folder, part));
      for (const [program, text] of Object.entries({ systemctl: SYSTEMCTL, journalctl: JOURNALCTL })) {
        writeFileSync(join(folder, program), text);
        chmodSync(join(folder, program), 0o755);
      }
    });
    afterEach(() => {
      if (shell !== undefined) rmSync(folder, { recursive: true });
    });

    const unit = (id: string, properties: Readonly<Record<string, string>> = {}): void => {
      const all = {
        Id: id,
        Type: 'forking',
        LoadState: 'loaded',
        ActiveState: 'inactive',
        Result: 'success',
        ...properties,
      };
      const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`);
      writeFileSync(join(folder, 'units', id), lines.join(''));
    };
    const has = (file: string, text: string): void => {
      writeFileSync(join(folder, file), text);
    };
    const done = (): readonly string[] => readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n');
    const run = async ({ work }: Action, params: JsonObject): Promise<Interpretation<JsonObject>> => {
      if (work.kind !== 'script') return assert.fail('not a script');
      const script = work.compose(params as never, contextOf());
      const answer = await runScript(script, shell ?? assert.fail(), `${folder}:/usr/bin:/bin`);
      return work.interpret(answer, params as never, contextOf());
    };
    const start = async (): Promise<string> => {
      const result = await run(service, { name: 'app.service', state: 'started' });
      return result.status === 'failed' ? result.error : result.status;
    };

    it('is the unit at the end of what it needs, past those that are well or have done their work', async () => {
      has('refusal', 'A dependency job for app.service failed.\n');
      unit('app.service', { Requires: 'up.service done.service "dev-by\\\\x2duuid.device"', BindsTo: 'mid.service' });
      unit('up.service', { ActiveState: 'active' });
      unit('done.service', { Type: 'oneshot' });
      unit('dev-by\\x2duuid.device', { ActiveState: 'active' });
      unit('mid.service', { Requires: 'up.service', Requisite: 'db.service' });
      unit('db.service', { ActiveState: 'failed', Result: 'exit-code' });
      has('journal/db.service', 'cannot open /var/lib/db\n');
      assert.equal(
        await start(),
        'app.service did not start: it needs mid.service, which needs db.service, which failed (exit-code); ' +
          'journal of db.service: cannot open /var/lib/db',
      );
      const seen = await run(status, { name: 'app.service' });
      assert.equal(seen.status === 'ok' && seen.output['failed_need'], 'db.service');
    });

    it('is the device of a mount, whose name is written in two ways', async () => {
      has('refusal', 'A dependency job for app.service failed.\n');
      unit('app.service', { Requires: 'srv.mount' });
      unit('srv.mount', { Requires: '"dev-by\\\\x2duuid.device"' });
      unit('dev-by\\x2duuid.device');
      assert.match(await start(), /needs srv\.mount, which needs dev-by\\x2duuid\.device, which is not there$/);
    });

    it('is found in bounded time when units need each other', async () => {
      has('refusal', 'no\n');
      unit('app.service', { Requires: 'other.service' });
      unit('other.service', { Requires: 'app.service' });
      assert.match(await start(), /^app\.service did not start: it needs other\.service, which needs app\.service, /);
    });

    it('is not what is merely not up, as long as nothing was started', async () => {
      unit('app.service', { Requires: 'other.service' });
      unit('other.service');
      const seen = await run(status, { name: 'app.service' });
      assert.equal(seen.status === 'ok' && seen.output['failed_need'], '');
    });

    it('is the start limit, which is cleared once, after the journal was read, and said', async () => {
      unit('app.service', { Result: 'start-limit-hit' });
      has('limited', '');
      has(
        'journal/app.service',
        'out of tickets\nStarted app.service.\napp.service: Start request repeated too quickly.\n',
      );
      const result = await run(service, { name: 'app.service', state: 'started' });
      assert.equal(result.status, 'changed');
      assert.deepEqual(
        [result.output['failure'], result.output['start_limit_cleared']],
        ['start-limit-hit: out of tickets', true],
      );
      assert.deepEqual(done(), ['start app.service', 'reset app.service', 'start app.service']);
    });

    it('is told in few words, however long the lines of the journal are', async () => {
      unit('app.service', { ActiveState: 'failed', Result: 'exit-code' });
      has('refusal', 'no\n');
      has('journal/app.service', `out of tickets ${'x'.repeat(60_000)}\n`.repeat(40));
      const { work } = service;
      const script =
        work.kind === 'script'
          ? work.compose({ name: 'app.service', state: 'started' } as never, contextOf())
          : assert.fail();
      const { stdout } = await runScript(script, shell ?? assert.fail(), `${folder}:/usr/bin:/bin`);
      assert.match(stdout.text, /out of tickets/);
      assert.ok(stdout.bytes < 500_000, `${stdout.bytes}`);
    });

    it('is not cleared a second time', async () => {
      unit('app.service', { ActiveState: 'failed', Result: 'start-limit-hit' });
      has('refusal', 'still not\n');
      assert.match(await start(), /^app\.service did not start: still not/);
      assert.deepEqual(done(), ['reset app.service', 'start app.service']);
    });
  });
}
