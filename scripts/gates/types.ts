import { realpathSync } from 'node:fs';
import { runTool } from './gate.ts';
import type { Gate, Verdict } from './gate.ts';

/** The compiler whose API the other tools import. */
export const types: Gate = { name: 'types', run: async (root) => compile(root, 'typescript/bin/tsc') };
/** Its native successor, which must agree. */
export const typesNative: Gate = { name: 'types-native', run: async (root) => compile(root, 'typescript7/bin/tsc') };

async function compile(root: string, compiler: string): Promise<Verdict> {
  const { code, output, stdout } = await runTool(root, compiler, ['--noEmit', '--listFiles', '-p', 'tsconfig.json']);
  const lines = output.split('\n');
  const own = `${realpathSync(root)}/`;
  const looked = stdout.split('\n').filter((line) => line.startsWith(own) && !line.includes('/node_modules/')).length;
  const messages = lines.filter((line) => !line.startsWith('/'));
  return { ok: code === 0, looked, things: 'files', output: messages.join('\n') };
}
