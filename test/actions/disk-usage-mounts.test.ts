import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/disk_usage.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

const NAMES = ['my data', 'tab\tand #', 'two\nlines', 'back\\slash', '-dash', 'x 1 2 3 4% ', 'größe', '$(id) *'];
const IN_NAMESPACE = ['--user', '--map-root-user', '--mount'];

describe('disk_usage on mounts with difficult names', () => {
  let folder: string;
  before(function () {
    if (spawnSync('unshare', [...IN_NAMESPACE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status !== 0)
      skip(this, 'no mount namespaces for this user');
    folder = mkdtempSync(join(tmpdir(), 'runbook-mounts-'));
    for (const name of NAMES) mkdirSync(join(folder, name));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  for (const shell of shells()) {
    // The mounts are gone with the namespace, and so with the process.
    const mounted = (): typeof shell => {
      const mount =
        'for place in "$0"/*; do mount -t tmpfs -o size=1M,nr_inodes=10 tmpfs "$place" || exit; done; exec "$@"';
      return { ...shell, argv: ['unshare', ...IN_NAMESPACE, 'sh', '-c', mount, folder, ...shell.argv] };
    };
    const ask = async (paths: readonly string[]): Promise<readonly JsonObject[]> => {
      const { work } = action;
      if (work.kind !== 'script') return assert.fail('not a script');
      const params = { paths } as never;
      const answer = await runScript(work.compose(params, contextOf()), mounted());
      const result = work.interpret(answer, params, contextOf());
      return result.status === 'failed' ? assert.fail(result.error) : (result.output['mounts'] as JsonObject[]);
    };

    it(`finds each of them by itself (${shell.name})`, async () => {
      const mounts = await ask([]);
      for (const name of NAMES) {
        const found = mounts.find(({ mount }) => mount === join(folder, name));
        assert.deepEqual([found?.['size_bytes'], found?.['inodes']], [1_048_576, 10], JSON.stringify(name));
      }
    });

    it(`finds each of them by a path inside (${shell.name})`, async () => {
      const mounts = await ask(NAMES.map((name) => join(folder, name, 'not', 'there')));
      assert.deepEqual(
        mounts.map(({ mount }) => mount),
        NAMES.map((name) => join(folder, name)),
      );
    });
  }
});
