import assert from 'node:assert/strict';
import { crontabBlock, withBlock } from '../../../src/app/install/crontab-text.ts';
import type { Installation } from '../../../src/app/install/installation.ts';
import { sampleSchedule } from '../../schedule/sample-schedule.ts';

function block(name: string, ...words: readonly string[]): string {
  const installation: Installation = {
    schedule: sampleSchedule({ name }),
    argv: ['/usr/bin/node', ...words],
    environment: { XDG_STATE_HOME: '/srv/state' },
    home: '/root',
    stateDirectory: '/srv/state/runbook',
    folders: [],
    isRoot: true,
    repairsThisMachine: false,
    sendsMail: false,
  };
  const made = crontabBlock(installation, '*/5 * * * *', '/usr/bin/flock');
  return made.ok ? made.value : `refused: ${made.error}`;
}

const OTHERS = 'MAILTO=ops\n\n# BEGIN something else\n0 5 * * *\tdate +\\%F \xe9\n';

describe('A crontab', () => {
  it('gets a line with the exact command, in which % is no line break', () => {
    const [, line = ''] = block('locks', 'run', "it's 50%", 'a b').split('\n');
    const lock = '/usr/bin/flock -n -o -E 0 /srv/state/runbook/schedule-locks.lock';
    const quoted = String.raw`'it'\''s 50\%' 'a b'`;
    assert.equal(line, `*/5 * * * * XDG_STATE_HOME=/srv/state ${lock} /usr/bin/node run ${quoted}`);
  });

  it('is not given what cron would read otherwise', () => {
    assert.match(block('locks', 'a\nb'), /^refused: .*no line break/);
    assert.match(block('locks', String.raw`\%`), /^refused: /);
    assert.match(block('locks', 'x'.repeat(1000)), /^refused: .*998 bytes/);
    assert.match(block('locks', 'é'.repeat(500)), /^refused: .*998 bytes/);
  });

  it('gets a block, another one in its place, and is as it was when that is taken away', () => {
    const first = withBlock(OTHERS, 'locks', block('locks', 'run'));
    assert.ok(first.ok && first.value !== undefined);
    assert.ok(first.value.startsWith(OTHERS));
    const both = withBlock(first.value, 'locks-2', block('locks-2', 'run'));
    assert.ok(both.ok && both.value !== undefined);
    const changed = withBlock(both.value, 'locks', block('locks', 'plan'));
    assert.ok(changed.ok && changed.value !== undefined);
    assert.equal(changed.value, OTHERS + block('locks', 'plan') + block('locks-2', 'run'));
    assert.deepEqual(withBlock(changed.value, 'locks', block('locks', 'plan')), { ok: true, value: undefined });
    const one = withBlock(changed.value, 'locks-2', '');
    assert.ok(one.ok && one.value !== undefined);
    assert.deepEqual(withBlock(one.value, 'locks', ''), { ok: true, value: OTHERS });
    assert.deepEqual(withBlock(OTHERS, 'locks', ''), { ok: true, value: undefined });
  });

  it('gets the bytes of a word that is not ASCII, of which none is a quote or a line break', () => {
    const made = withBlock(OTHERS, 'locks', block('locks', 'run', 'caf\u00e9 \u010a\u0127'));
    const text = made.ok ? (made.value ?? '') : '';
    const [, line = ''] = Buffer.from(text.slice(OTHERS.length), 'latin1').toString().split('\n');
    assert.match(line, / 'caf\u00e9 \u010a\u0127'$/);
    assert.deepEqual(withBlock(text, 'locks', block('locks', 'run', 'caf\u00e9 \u010a\u0127')), {
      ok: true,
      value: undefined,
    });
  });

  it('is left alone when the end of the block is missing', () => {
    const broken = OTHERS + (block('locks', 'run').split('\n')[0] ?? '');
    const result = withBlock(`${broken}\n* * * * * mine\n`, 'locks', '');
    assert.match(result.ok ? '' : result.error, /no line "# END runbook install-schedule locks" after it$/);
  });
});
