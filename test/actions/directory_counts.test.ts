import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/directory_counts.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { outputOf, userlands } from './support/userlands.ts';

describe('directory_counts on this machine', function () {
  this.timeout(60_000);
  let top: string;

  beforeEach(() => (top = mkdtempSync(join(tmpdir(), 'runbook-counts-'))));
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  const fill = (folder: string, count: number, size = 1): void => {
    mkdirSync(join(top, folder), { recursive: true });
    for (let number = 0; number < count; number++) writeFileSync(join(top, folder, `f\n${number}`), 'x'.repeat(size));
  };

  for (const userland of userlands()) {
    describe(userland.name, () => {
      it('ranks the directories in which the files are, not those above them', async () => {
        fill('a/b/many\nfiles', 40);
        fill('a/b', 7);
        fill('a/b/many', 12);
        fill('ab', 10);
        fill('a/empty', 0);
        const { directories } = await outputOf(action, { paths: [top], top: 4 }, userland);
        assert.deepEqual(
          (directories as JsonObject[]).map(({ path, entries }) => [String(path).slice(top.length), entries]),
          [
            ['/a/b/many\nfiles', 40],
            ['/a/b/many', 12],
            ['/ab', 10],
            ['/a/b', 9],
          ],
        );
      });

      it('ranks them by what they take on disk', async () => {
        fill('many', 30, 0);
        fill('large/one', 1, 200_000);
        const { directories } = await outputOf(action, { paths: [top], by: 'bytes', top: 1 }, userland);
        const [first] = directories as JsonObject[];
        assert.deepEqual([first?.['path'], first?.['entries']], [join(top, 'large/one'), 1]);
        assert.ok(Number(first?.['disk_bytes']) >= 200_000);
      });
    });
  }
});
