import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptPath } from '../../../src/app/install/kept-path.ts';

const SYSTEM = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

describe('The PATH of what is installed', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-path-'));
    mkdirSync(join(directory, 'bin'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const kept = (isRoot: boolean, ...folders: readonly string[]): readonly string[] =>
    keptPath(folders.join(':'), isRoot).split(':');

  it("has a user's own folders first, each once, and the system's", () => {
    const bin = join(directory, 'bin');
    const [first, second, ...rest] = kept(false, bin, '/usr/bin', bin);
    assert.deepEqual([first, second], [bin, '/usr/bin']);
    assert.deepEqual(rest.toSorted(), SYSTEM.filter((folder) => folder !== '/usr/bin').toSorted());
  });

  it('has no folder that is not there, and none that is meant from where one stands', () => {
    assert.deepEqual(kept(false, '', '.', 'bin', join(directory, 'gone')), SYSTEM);
    assert.deepEqual(kept(true), SYSTEM);
  });

  it('has no folder for root into which somebody else may put a program', () => {
    // All may write /tmp, above it.
    assert.deepEqual(kept(true, join(directory, 'bin')), SYSTEM);
    assert.equal(kept(true, '/etc')[0], '/etc');
  });
});
