import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/deleted_files.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { outputOf, userlands } from './support/userlands.ts';

const MB = 1_000_000;

describe('deleted_files on this machine', function () {
  this.timeout(60_000);
  let top: string;

  before(function () {
    if (process.getuid?.() !== 0) skip(this, 'needs root');
    top = mkdtempSync(join(tmpdir(), 'runbook-deleted-'));
  });
  after(() => {
    if (top !== undefined) rmSync(top, { recursive: true });
  });

  for (const userland of userlands()) {
    it(`finds what takes space without a name, once, and nothing else (${userland.name})`, async () => {
      const path = (name: string): string => join(top, `${userland.shell.name} ${name}`);
      const [gone, there, small, holes] = ['gone\n1', 'there', 'small', 'holes'].map((name) =>
        openSync(path(name), 'w+'),
      );
      const again = openSync(path('gone\n1'), 'r');
      for (const file of [gone, there]) writeSync(file ?? 0, Buffer.alloc(3 * MB, 1));
      writeSync(small ?? 0, 'x');
      ftruncateSync(holes ?? 0, 500 * MB);
      for (const name of ['gone\n1', 'small', 'holes']) unlinkSync(path(name));
      const { files, total_bytes: total } = await outputOf(action, { min_size: MB }, userland);
      for (const file of [gone, again, there, small, holes]) closeSync(file ?? 0);
      const ours = (files as JsonObject[]).filter(({ pid }) => pid === process.pid);
      assert.deepEqual(
        ours.map((file) => file['path']),
        [path('gone?1')],
      );
      const size = Number(ours[0]?.['size_bytes']);
      assert.ok(size >= 3 * MB && size < 4 * MB && Number(total) >= size, `${size} of ${String(total)}`);
      assert.notEqual(ours[0]?.['mount'], '');
    });
  }
});
