import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installUnits, removeUnits } from '../../../src/app/install/units.ts';

const OURS = '# Written by runbook install-schedule sample --systemd\n[Service]\n';

/** As a user without a manager of systemd: it is told to nobody. */
describe('Units', () => {
  let directory: string;
  const path = process.env['PATH'];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-units-'));
    process.env['PATH'] = directory;
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(directory, { recursive: true });
  });

  it('are written, and what is left to type is said when systemd is not reached', () => {
    const written = installUnits({ 'a.service': OURS, 'a.timer': OURS }, directory, false);
    assert.ok(written.ok);
    assert.deepEqual(written.value.left?.commands, [
      'systemctl --user daemon-reload',
      'systemctl --user enable a.timer',
      'systemctl --user restart a.timer',
    ]);
    assert.deepEqual(readdirSync(directory), ['a.service', 'a.timer']);
    const removed = removeUnits(['a.service', 'a.timer'], directory, false);
    assert.ok(removed.ok);
    assert.equal(removed.value.files.length, 2);
    assert.deepEqual(readdirSync(directory), []);
    assert.deepEqual(removeUnits(['a.service'], directory, false), { ok: true, value: { files: [] } });
  });

  it('leave no draft behind when they cannot be put into place', () => {
    // The folder of the draft is there, and that of the unit is not.
    mkdirSync(join(directory, '.gone'));
    const written = installUnits({ 'gone/a.timer': OURS }, directory, false);
    assert.ok(!written.ok);
    assert.match(written.error.message, /units cannot be written into .*ENOENT/);
    assert.deepEqual(readdirSync(directory, { recursive: true }), ['.gone']);
  });

  it('of somebody else are neither written over nor taken away', () => {
    writeFileSync(join(directory, 'a.timer'), '[Timer]\n');
    for (const result of [
      installUnits({ 'a.service': OURS, 'a.timer': OURS }, directory, false),
      removeUnits(['a.service', 'a.timer'], directory, false),
    ]) {
      assert.ok(!result.ok);
      assert.match(result.error.message, /a\.timer was not written by runbook install-schedule/);
    }
    assert.deepEqual(readdirSync(directory), ['a.timer']);
    assert.equal(readFileSync(join(directory, 'a.timer'), 'utf8'), '[Timer]\n');
  });
});
