import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = join(import.meta.dirname, 'open-each.ts');
/** Until all processes are there. */
const START_MS = 1500;

describe('a store that several processes make at once', () => {
  it('is there for each of them', async () => {
    const place = mkdtempSync(join(tmpdir(), 'runbook-store-'));
    try {
      const directories = Array.from({ length: 60 }, (_, index) => join(place, `store-${index}`));
      const argv = [PROGRAM, String(Date.now() + START_MS), ...directories];
      const openAll = (): ReturnType<typeof run> => run(process.execPath, argv);
      const said = await Promise.all([openAll(), openAll(), openAll()]);
      assert.deepEqual(
        said.map(({ stdout }) => stdout),
        ['', '', ''],
      );
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});

const run = promisify(execFile);
