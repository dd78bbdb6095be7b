import { join } from 'node:path';
import { countIn, runTool } from './gate.ts';
import type { Gate, Verdict } from './gate.ts';

const COUNTER = join(import.meta.dirname, '..', 'support', 'knip-count.ts');

/** Nothing is left that nobody uses. */
export const deadCode: Gate = { name: 'dead-code', run: async (root) => knip(root, []) };
/** Nothing in the product is kept alive by its tests alone; but an inner function may be exported for them. */
export const deadCodeShipped: Gate = {
  name: 'dead-code-shipped',
  run: async (root) => knip(root, ['--production', '--config', 'knip.shipped.jsonc']),
};

async function knip(root: string, flags: readonly string[]): Promise<Verdict> {
  const reporters = ['--reporter', 'symbols', '--reporter', COUNTER];
  const { code, output } = await runTool(root, 'knip/bin/knip.js', [
    '--no-progress',
    '--treat-config-hints-as-errors',
    ...reporters,
    ...flags,
  ]);
  return { ok: code === 0, looked: countIn(output, /^knip looked at (\d+) files$/m), things: 'files', output };
}
