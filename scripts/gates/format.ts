import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, getFileInfo, resolveConfig } from 'prettier';
import type { Gate } from './gate.ts';

const FILES = '**/*.{ts,cjs,json,md,yaml,yml}';
const NOT_OURS = ['**/node_modules/**', '**/dist/**', '**/coverage/**'];

/** Prettier, by its API: its command does not say how many files it looked at. */
export const format: Gate = {
  name: 'format',
  run: async (root) => {
    const unformatted: string[] = [];
    let looked = 0;
    for (const name of globSync(FILES, { cwd: root, exclude: NOT_OURS }).toSorted()) {
      const file = join(root, name);
      const info = await getFileInfo(file, { ignorePath: join(root, '.prettierignore') });
      if (info.ignored || info.inferredParser === null) continue;
      looked += 1;
      const options = await resolveConfig(file);
      if (!(await isFormatted(file, { ...options, filepath: file }))) unformatted.push(name);
    }
    const output = unformatted.length === 0 ? '' : `npx prettier --write ${unformatted.join(' ')}`;
    return { ok: unformatted.length === 0, looked, things: 'files', output };
  },
};

async function isFormatted(file: string, options: Parameters<typeof check>[1]): Promise<boolean> {
  try {
    return await check(readFileSync(file, 'utf8'), options);
  } catch {
    // It does not parse; `prettier --write` says where.
    return false;
  }
}
