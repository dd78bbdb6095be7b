import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GeneratedInventory } from './generated-inventory.ts';

/** Writes the files; the sources as Ansible and we are given them. */
export function writeInventory({ files, sources }: GeneratedInventory, folder: string): readonly string[] {
  for (const [path, { text, isProgram }] of Object.entries(files)) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    chmodSync(full, isProgram ? 0o755 : 0o644);
  }
  return sources.map((source) => (source.includes(',') ? source : join(folder, source)));
}
