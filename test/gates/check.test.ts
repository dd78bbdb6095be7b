import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { isPassed } from '../../scripts/gates/gate.ts';

const CHECK = join(import.meta.dirname, '..', '..', 'scripts', 'check.ts');

describe('npm run check', () => {
  it('does not let a gate pass that looked at nothing', () => {
    const verdict = { ok: true, things: 'files', output: '' };
    assert.equal(isPassed({ ...verdict, looked: 0 }), false);
    assert.equal(isPassed({ ...verdict, looked: 1 }), true);
    assert.equal(isPassed({ ...verdict, looked: 1, ok: false }), false);
  });

  it('refuses a gate that does not exist and names those that do', () => {
    const { status, stderr } = spawnSync(process.execPath, [CHECK, '--only', 'tpyes'], { encoding: 'utf8' });
    assert.equal(status, 64);
    assert.match(stderr, /There is no such gate\. Gates: generated, types-native, types, lint, format, imports,/);
  });
});
