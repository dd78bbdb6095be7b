import { dirname } from 'node:path';
import type { InventoryFiles } from '../../src/load/inventory/files.ts';
import { loadInventory, type InventoryRequest, type LoadedInventory } from '../../src/load/inventory.ts';
import { err, ok, type Result } from '../../src/util/result.ts';

/** Full paths and what the files hold; a function is a program, and gets its arguments. */
export type FakeFiles = Readonly<Record<string, string | ((...args: readonly string[]) => string)>>;

function inventoryFiles(files: FakeFiles): InventoryFiles {
  const directories = new Set(Object.keys(files).flatMap(parentsOf));
  const missing: Result<never, { code: string; message: string; hint: string }> = err({
    code: 'E_READ',
    message: 'there is no such file',
    hint: 'check the path',
  });
  return {
    kindOf(path) {
      if (directories.has(path)) return 'directory';
      const content = files[path];
      return content === undefined ? undefined : typeof content === 'string' ? 'file' : 'program';
    },
    realPath: (directory) => directory,
    namesIn: (directory) =>
      ok(
        [...Object.keys(files), ...directories]
          .filter((path) => path !== '/' && dirname(path) === directory)
          .map((path) => path.slice(path.lastIndexOf('/') + 1)),
      ),
    read(path) {
      const content = files[path];
      return content === undefined ? missing : ok(typeof content === 'string' ? content : '#!/bin/sh\n');
    },
    run(path, args) {
      const program = files[path];
      return Promise.resolve(typeof program === 'function' ? ok(program(...args)) : missing);
    },
  };
}

/** Loads what one file or several hold, as the user `me`. */
export function loadFiles(files: FakeFiles, request: Partial<InventoryRequest> = {}): Promise<LoadedInventory> {
  const sources = Object.keys(files).slice(0, 1);
  return loadInventory({ sources, login: { name: 'me', home: '/home/me' }, ...request }, inventoryFiles(files));
}

/** As `/etc/runbook/inventory.yaml`. */
export const loadText = (text: string): Promise<LoadedInventory> => loadFiles({ '/etc/runbook/inventory.yaml': text });

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}
