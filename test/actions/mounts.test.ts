import assert from 'node:assert/strict';
import { action } from '../../src/actions/mounts.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { outputOf, userlands } from './support/userlands.ts';

describe('mounts on this machine', function () {
  this.timeout(60_000);

  for (const userland of userlands()) {
    it(`tells what can be written from what the kernel made read-only (${userland.name})`, async () => {
      const mounts = (await outputOf(action, {}, userland))['mounts'] as JsonObject[];
      const proc = mounts.find(({ mount }) => mount === '/proc');
      assert.deepEqual([proc?.['fs_type'], proc?.['read_only'], proc?.['kernel_names']], ['proc', false, []]);
      assert.ok(mounts.some(({ mount }) => mount === '/'));
      for (const { kernel_names: names } of mounts)
        assert.equal(new Set(names as string[]).size, (names as string[]).length);
    });
  }
});
