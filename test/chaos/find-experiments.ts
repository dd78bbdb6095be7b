import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from './experiment.ts';

const FOLDER = join(import.meta.dirname, 'experiments');

/** All of them by their names, in the order of these. */
export async function findExperiments(): Promise<ReadonlyMap<string, Experiment>> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
  const found = files.toSorted().map(async (file): Promise<[string, Experiment]> => {
    const { experiment } = (await import(join(FOLDER, file))) as { readonly experiment: Experiment };
    return [file.slice(0, -'.ts'.length), experiment];
  });
  return new Map(await Promise.all(found));
}
