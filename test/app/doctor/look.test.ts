import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { lookScript, parseLook } from '../../../src/app/doctor/look.ts';
import type { CommandResult } from '../../../src/model/script.ts';
import { outputOf } from '../../../src/transports/output.ts';

const answer = (text: string): CommandResult => ({
  end: { how: 'exit', code: 0 },
  stdout: outputOf(text),
  stderr: outputOf(''),
  durationMs: 1,
});

describe('the look of the doctor', () => {
  for (const shell of ['dash', 'bash'])
    it(`is understood when it comes from ${shell} on this machine`, function () {
      const { text, args = [] } = lookScript('root');
      const run = spawnSync(shell, ['-c', text, 'sh', ...args.map(String)], { encoding: 'utf8' });
      if (run.error !== undefined) this.skip();
      assert.equal(run.stderr, '');
      const look = parseLook(answer(run.stdout));
      assert.ok(look !== undefined);
      assert.ok(look.hasProc && look.tools.has('grep') && look.tools.has('dd'));
      assert.equal(look.uid, process.getuid?.());
      assert.ok(Math.abs((look.time ?? 0) - Date.now()) < 5000);
      assert.ok(look.spaces.some(({ path, freeBytes }) => path === '/tmp' && freeBytes > 0));
      assert.equal(look.loginUid, 0);
    });

  it('is never an error, whatever a host says', () => {
    const word = fc.constantFrom(
      '=uid ',
      '=ledger ',
      '=space ',
      '=inodes ',
      '=time ',
      '=folder ',
      '0',
      'x',
      ' ',
      '\n',
      '/',
      '-1',
      '1e9',
      '=',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const look = parseLook(answer(words.join('')));
        if (look === undefined) return;
        for (const { freeBytes, freeInodes } of look.spaces) assert.ok(!Number.isNaN(freeBytes + (freeInodes ?? 0)));
      }),
      { numRuns: 2000 },
    );
  });

  it('is no look without an answer', () => {
    assert.equal(parseLook({ ...answer('=uid 0\n=ledger /run/runbook\n'), end: { how: 'lost' } }), undefined);
    assert.equal(parseLook(answer('')), undefined);
  });
});
