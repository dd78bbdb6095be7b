import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { action as lineinfile } from '../../src/actions/lineinfile.ts';
import { action as copy } from '../../src/actions/copy.ts';
import type { Action, PreparedChange } from '../../src/model/action.ts';
import { renderScript } from '../../src/model/render-script.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { FileRig, localHands } from './support/file-rig.ts';
import { shells } from './support/shells.ts';

const shell = shells().find(({ name }) => name === 'dash');

const TOOLS =
  'cat chmod chown cp cmp cut find head id ln ls mkdir mv printf readlink rm rmdir sh sha256sum sync tail touch';

/** A program of each name that counts, and ends all of its process group instead of the call number `$KILL`. */
const PROGRAM = `#!/bin/sh
read -r calls <"$COUNT"; calls=$((calls + 1)); echo "$calls" >"$COUNT"
[ "$calls" != "$KILL" ] || kill -s KILL 0
exec /usr/bin/\${0##*/} "$@"
`;

describe('a change of a file that is killed', function () {
  this.timeout(60_000);
  let top: string;
  let rig: FileRig;

  before(function () {
    if (shell === undefined) return skip(this, 'no dash on this machine');
    if (process.getuid?.() !== 0) return skip(this, 'needs root');
    top = mkdtempSync('/root/runbook-crash-');
    for (const folder of ['etc', 'bin', 'store']) mkdirSync(join(top, folder));
    for (const tool of TOOLS.split(' ')) {
      writeFileSync(join(top, 'bin', tool), PROGRAM);
      chmodSync(join(top, 'bin', tool), 0o755);
    }
    rig = new FileRig(localHands(shell, join(top, 'store')));
  });
  after(() => {
    if (top !== undefined) rmSync(top, { recursive: true });
  });

  /** Killed at one moment after the other, until it is not killed any more. */
  const killedEverywhere = async (
    begin: () => void,
    [action, params]: readonly [Action, JsonObject],
    look: (change: PreparedChange) => Promise<void>,
  ): Promise<void> => {
    for (let call = 1; call < 1000; call++) {
      begin();
      const prepared = await rig.prepare(action, params);
      assert.ok(prepared.kind === 'change', JSON.stringify(prepared));
      const alive = runUntil(prepared, call);
      await look(prepared);
      if (!alive) continue;
      assert.ok(call > 15, `only ${call} moments`);
      return;
    }
    assert.fail('it is killed for ever');
  };

  /** False when it was killed. */
  const runUntil = (change: PreparedChange, kill: number): boolean => {
    const count = join(top, 'count');
    writeFileSync(count, '0\n');
    const { text } = renderScript(change.script);
    const env = { PATH: `${join(top, 'bin')}:/usr/bin:/bin`, LC_ALL: 'C', COUNT: count, KILL: `${kill}` };
    const ended = spawnSync('setsid', ['-w', '/bin/dash', '-c', text], { env, cwd: '/', stdio: 'ignore' });
    assert.ok(ended.status === 0 || ended.status === null || ended.status === 137, `code ${ended.status}`);
    return ended.status === 0;
  };

  it('leaves the old file or the new one, and its undo brings back the very one, without a trace', async () => {
    const conf = join(top, 'etc/conf');
    const [old, changed] = ['a\nb\n', 'a\nc\n'];
    writeFileSync(conf, old, { mode: 0o600 });
    const { ino } = statSync(conf);
    const begin = (): void => assert.equal(statSync(conf).ino, ino);
    await killedEverywhere(begin, [lineinfile, { path: conf, regexp: '^b', line: 'c' }], async ({ undo }) => {
      const text = readFileSync(conf, 'utf8');
      assert.ok(text === old || text === changed, text);
      assert.equal(statSync(conf).mode & 0o7777, 0o600);
      assert.deepEqual(await rig.undo(undo), [text === old ? 'ok' : 'changed']);
      assert.equal(readFileSync(conf, 'utf8'), old);
      assert.deepEqual(readdirSync(join(top, 'etc')), ['conf']);
    });
  });

  it('leaves a new file whole or not at all, and its undo removes it', async () => {
    const path = join(top, 'etc/new');
    await killedEverywhere(
      () => assert.deepEqual(readdirSync(join(top, 'etc')), ['conf']),
      [copy, { dest: path, content: 'whole\n', mode: '0640' }],
      async ({ undo }) => {
        const made = readdirSync(join(top, 'etc')).includes('new');
        if (made) {
          assert.equal(readFileSync(path, 'utf8'), 'whole\n');
          assert.equal(statSync(path).mode & 0o7777, 0o640);
        }
        assert.deepEqual(await rig.undo(undo), [made ? 'changed' : 'ok']);
        assert.deepEqual(readdirSync(join(top, 'etc')), ['conf']);
      },
    );
  });
});
