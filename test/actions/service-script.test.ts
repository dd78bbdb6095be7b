import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/service.ts';
import type { Interpretation } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

/** Keeps one unit in files beside it: `state`, `enabled`; `broken` makes a start fail; every change is a line of `log`. */
const SYSTEMCTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
while :; do case $1 in --*) shift ;; *) break ;; esac; done
verb=$1; for unit in "$@"; do :; done
case $verb in
  show) echo "Id=web.service"; echo Type=forking; echo LoadState=loaded; echo "ActiveState=$(cat state)"; echo SubState=x; echo MainPID=7 ;;
  is-enabled) cat enabled; grep -q enabled enabled ;;
  *)
    echo "$verb $unit" >>log
    case $verb in
      start | restart) if [ -e broken ]; then echo failed >state; echo "Job for $unit failed." >&2; exit 1; fi; echo active >state ;;
      stop) echo inactive >state ;;
      reset-failed) echo inactive >state ;;
      enable) echo enabled >enabled ;;
      disable) echo disabled >enabled ;;
    esac ;;
esac
`;

for (const name of ['dash', 'bash', 'busybox'] as const) {
  const shell = shells().find((candidate) => candidate.name === name);

  describe(`the script of service in ${name}`, () => {
    let folder: string;
    beforeEach(function () {
      if (shell === undefined) return skip(this, `no ${name} on this machine`);
      folder = mkdtempSync(join(tmpdir(), 'runbook-service-'));
      writeFileSync(join(folder, 'systemctl'), SYSTEMCTL);
      writeFileSync(join(folder, 'journalctl'), '#!/bin/sh\necho no space left\n');
      for (const program of ['systemctl', 'journalctl']) chmodSync(join(folder, program), 0o755);
      has('active', 'enabled');
    });
    afterEach(() => {
      if (shell !== undefined) rmSync(folder, { recursive: true });
    });

    const has = (state: string, enabled: string): void => {
      writeFileSync(join(folder, 'state'), `${state}\n`);
      writeFileSync(join(folder, 'enabled'), `${enabled}\n`);
    };
    const done = (): readonly string[] => {
      const log = join(folder, 'log');
      return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    };
    const run = async (params: JsonObject): Promise<Interpretation<JsonObject>> => {
      const { work } = action;
      if (work.kind !== 'script') return assert.fail('not a script');
      const given = { name: 'web', ...params } as never;
      const answer = await runScript(
        work.compose(given, contextOf()),
        shell ?? assert.fail(),
        `${folder}:/usr/bin:/bin`,
      );
      return work.interpret(answer, given, contextOf());
    };

    it('does nothing to what is so already', async () => {
      assert.equal((await run({ state: 'started', enabled: true })).status, 'ok');
      has('failed', 'disabled');
      assert.equal((await run({ state: 'stopped', enabled: false })).status, 'ok');
      assert.deepEqual(done(), []);
    });

    it('clears a failed state before it starts or restarts', async () => {
      has('failed', 'enabled');
      const result = await run({ state: 'started' });
      assert.deepEqual(result.undo, [{ action: 'service', params: { name: 'web.service', state: 'stopped' } }]);
      has('failed', 'enabled');
      await run({ state: 'restarted' });
      const each = ['reset-failed web.service', 'start web.service'];
      assert.deepEqual(done(), [...each, 'reset-failed web.service', 'restart web.service']);
    });

    it('does nothing at all when its check fails', async () => {
      has('inactive', 'disabled');
      for (const check of [['false'], ['no such program'], ['sh', '-c', 'echo bad config; exit 1']]) {
        const result = await run({ state: 'started', enabled: true, daemon_reload: true, check });
        assert.match(result.status === 'failed' ? result.error : '', /^the check failed, nothing was done: /);
      }
      assert.deepEqual(done(), []);
    });

    it('never takes one of its own functions for the check', async () => {
      const result = await run({ state: 'restarted', check: ['finish', '0'] });
      assert.equal(result.status, 'failed');
      assert.deepEqual(done(), []);
    });

    it('reloads systemd, enables, then starts', async () => {
      has('inactive', 'disabled');
      const result = await run({ state: 'started', enabled: true, daemon_reload: true, check: ['true'] });
      assert.deepEqual(result.undo?.[0]?.params, { name: 'web.service', state: 'stopped', enabled: false });
      assert.deepEqual(done(), ['daemon-reload daemon-reload', 'enable web.service', 'start web.service']);
    });

    it('gives the last words of the journal when it does not start', async () => {
      has('inactive', 'enabled');
      writeFileSync(join(folder, 'broken'), '');
      const result = await run({ state: 'started' });
      assert.equal(
        result.status === 'failed' && result.error,
        'web did not start: Job for web.service failed.; journal: no space left',
      );
      assert.equal(result.undo?.[0]?.params['state'], 'stopped');
    });

    it('leaves alone what is down and shall reload', async () => {
      has('inactive', 'enabled');
      assert.equal((await run({ state: 'reloaded', enabled: false })).status, 'failed');
      assert.deepEqual(done(), []);
    });
  });
}
