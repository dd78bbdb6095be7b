import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { isPassed } from '../../scripts/gates/gate.ts';

const SCRIPTS = join(import.meta.dirname, '..', '..', 'scripts');
const CHECK = join(SCRIPTS, 'check.ts');
const TEST = join(SCRIPTS, 'test.ts');

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

  it('says how it is called when it is called otherwise', () => {
    for (const args of [['lint'], ['--help'], ['--only']]) {
      const { status, stderr } = spawnSync(process.execPath, [CHECK, ...args], { encoding: 'utf8' });
      assert.equal(status, 64);
      assert.match(stderr, /^npm run check \[-- --only GATE\]\. Gates: generated, .*\n$/);
    }
  });
});

describe('npm test', () => {
  it('names each group once where one does not exist', () => {
    const { status, stderr } = spawnSync(process.execPath, [TEST, 'nosuch'], { encoding: 'utf8' });
    assert.equal(status, 64);
    assert.equal(stderr, 'There is no test group nosuch. Groups: unit, gates, demo, hosts, fleet, library.\n');
  });
});
