import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fleetProblem } from './requirements.ts';
import { skip } from '../support/skip.ts';

const CLI = join(import.meta.dirname, 'cli.ts');

describe('The name of a fleet', () => {
  let cache = '';
  before(function () {
    const problem = fleetProblem();
    if (problem !== undefined) skip(this, problem);
    cache = mkdtempSync(join(tmpdir(), 'runbook-fleet-names-'));
  });
  after(() => {
    if (cache !== '') rmSync(cache, { recursive: true });
  });

  for (const name of ['', '.', '..', '../x', 'a/b', 'a b', '-x', 'default;id', 'a'.repeat(42)]) {
    it(`is not ${JSON.stringify(name.slice(0, 20))}: no folder but its own is touched`, () => {
      const other = join(cache, 'fleets', 'other', 'id_ed25519');
      mkdirSync(join(cache, 'fleets', 'other'), { recursive: true });
      writeFileSync(other, 'key');
      for (const command of [['up', '1', 'light'], ['down']]) {
        const env = { ...process.env, RUNBOOK_FLEET_CACHE: cache };
        const { status, stderr } = spawnSync(process.execPath, [CLI, ...command, '--fleet', name], { env });
        assert.equal(status, 64);
        assert.match(String(stderr), /is no name of a fleet: letters, digits/);
      }
      assert.ok(existsSync(other));
    });
  }
});
