import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, type Ended, type Workplace } from '../cli/spawn.ts';

const HOOKS = join(import.meta.dirname, 'crashing', 'hooks.ts');
const POINTS_FILE = 'crash-points';
const LIMIT_MS = 120_000;

/** With `--json` a controller says this before it sends any change. */
export const ACTING = /"type":"(?:approved|run-resumed)"/;

/**
 * How a controller is killed by SIGKILL, unless it has ended before: a while after its start, or after it said that it begins to act, or at
 * the n-th point around a call of its store or its transports.
 */
export type Death =
  { readonly afterMs: number } | { readonly actingMs: number } | { readonly atPoint: number } | OutOfFiles;

/** It is not killed: a while after it first said something it may open only so many more files and connections, to its end. */
export interface OutOfFiles {
  readonly scarceMs: number;
  readonly files: number;
}

/** The real program in the workplace. */
export function controller(place: Workplace, words: readonly string[], death?: Death): Promise<Ended> {
  if (death === undefined) return place.runbook(words, { limitMs: LIMIT_MS });
  if ('afterMs' in death) return place.runbook(words, { limitMs: death.afterMs });
  if ('actingMs' in death) return struck(place, words, ACTING, death.actingMs, (pid) => process.kill(pid, 'SIGKILL'));
  if ('scarceMs' in death)
    return struck(place, words, /./, death.scarceMs, (pid) => {
      const most = readdirSync(`/proc/${pid}/fd`).length + death.files;
      execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${most}`]);
    });
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

async function struck(
  place: Workplace,
  words: readonly string[],
  said: RegExp,
  afterMs: number,
  strike: (pid: number) => void,
): Promise<Ended> {
  const options = { cwd: place.directory, env: place.environment() };
  const child = spawn(process.execPath, [PROGRAM, ...words], options);
  child.stdin.end();
  const timers = [setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)];
  const strikeIt = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) strike(child.pid);
  };
  let out = '';
  let err = '';
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
    if (timers.length === 1 && said.test(out)) timers.push(setTimeout(strikeIt, afterMs));
  });
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for (const timer of timers) clearTimeout(timer);
  return { code, out, err };
}
