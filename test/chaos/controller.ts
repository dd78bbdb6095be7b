import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, type Ended, type Workplace } from '../cli/spawn.ts';

const HOOKS = join(import.meta.dirname, 'crashing', 'hooks.ts');
const POINTS_FILE = 'crash-points';
const LIMIT_MS = 120_000;

/** How a controller is killed, unless it has ended before: by SIGKILL after a while, or at the n-th point around a call of its store or its transports. */
export type Death = { readonly afterMs: number } | { readonly atPoint: number };

/** The real program in the workplace. */
export function controller(place: Workplace, words: readonly string[], death?: Death): Promise<Ended> {
  if (death === undefined || !('atPoint' in death))
    return place.runbook(words, { limitMs: death?.afterMs ?? LIMIT_MS });
  return place.spawn(process.execPath, ['--import', HOOKS, PROGRAM, ...words], {
    environment: { CRASH_AT: String(death.atPoint), CRASH_POINTS_FILE: POINTS_FILE },
    limitMs: LIMIT_MS,
  });
}

/** How many points there were for the last controller that came to its end. */
export function pointsPassed(place: Workplace): number {
  const file = join(place.directory, POINTS_FILE);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}
