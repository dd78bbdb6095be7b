import { globSync } from 'node:fs';
import { countIn, runTool } from './gate.ts';
import type { Gate } from './gate.ts';

const CRUISER = 'dependency-cruiser/bin/dependency-cruiser.mjs';
const RULES = ['--config', '.dependency-cruiser.cjs'];

/**
 * Imports go down the rows, in no cycle. With a TypeScript that it cannot load the tool sees no module and is content, so it
 * must have seen every file of `src`.
 */
export const imports: Gate = {
  name: 'imports',
  run: async (root) => {
    const { code, output } = await runTool(root, CRUISER, [...RULES, '--output-type', 'err-long', 'src']);
    const files = globSync('src/**/*.ts', { cwd: root }).length;
    const looked = countIn(output, /(\d+) modules/);
    if (looked >= files) return { ok: code === 0, looked, things: 'modules', output };
    const missed = `dependency-cruiser saw ${looked} modules where src has ${files} files`;
    return { ok: false, looked, things: 'modules', output: `${missed}\n${output}` };
  },
};
