import { join } from 'node:path';
import { runProcess } from '../support/process.ts';
import { countIn } from './gate.ts';
import type { Gate } from './gate.ts';

/** Files made from others are as `npm run generate` would make them now. */
export const generated: Gate = {
  name: 'generated',
  run: async (root) => {
    const generator = join(root, 'scripts', 'generate.ts');
    const { code, output } = await runProcess(process.execPath, [generator, '--check'], {
      cwd: root,
      timeoutMs: 60_000,
    });
    return { ok: code === 0, looked: countIn(output, /^(\d+) generated files/m), things: 'files', output };
  },
};
