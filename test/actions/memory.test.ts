import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { action } from '../../src/actions/memory.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { shells, type Shell } from './support/shells.ts';

const HOLDER = 'const held = Buffer.alloc(300 * 2 ** 20, 1); console.log(held.length); setInterval(() => held, 1e6);';

describe('memory on this machine', () => {
  for (const shell of shells()) {
    it(`finds a process that holds 300 MiB among the largest (${shell.name})`, async () => {
      const holder = spawn(process.execPath, ['-e', HOLDER], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(holder.stdout, 'data');
        const { total_bytes: total, available_bytes: available, top } = await read(shell);
        assert.ok(Number(available) > 0 && Number(available) <= Number(total));
        const sizes = (top as JsonObject[]).map((each) => Number(each['rss_bytes']));
        assert.deepEqual(
          sizes,
          sizes.toSorted((a, b) => b - a),
        );
        const found = (top as JsonObject[]).find(({ pid }) => pid === holder.pid);
        assert.ok(Number(found?.['rss_bytes']) >= 300 * 2 ** 20);
        assert.notEqual(found?.['command'], '');
      } finally {
        holder.kill('SIGKILL');
      }
    });
  }
});

async function read(shell: Shell): Promise<JsonObject> {
  const { work } = action;
  if (work.kind !== 'script') return assert.fail('not a script');
  const answer = await runScript(work.compose({} as never, contextOf()), shell);
  const result = work.interpret(answer, {} as never, contextOf());
  return result.status === 'failed' ? assert.fail(result.error) : result.output;
}
