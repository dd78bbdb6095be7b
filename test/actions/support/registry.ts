import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from '../../../src/model/action.ts';

const FOLDER = join(import.meta.dirname, '../../../src/actions');

export interface ActionFile {
  /** Without `.ts`. */
  readonly file: string;
  readonly action: Action;
}

/** Every file of the folder of actions with the action it exports; not the registry, which could lack one. */
export async function actionFiles(): Promise<readonly ActionFile[]> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
  return Promise.all(
    files.toSorted().map(async (name) => {
      const module = (await import(join(FOLDER, name))) as { readonly action: Action };
      return { file: name.replace(/\.ts$/, ''), action: module.action };
    }),
  );
}
