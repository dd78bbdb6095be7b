import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { startCpuClock } from '../support/cpu-clock.ts';
import { Random } from '../support/random.ts';
import { mutated } from './mutate.ts';
import type { Parser } from './parser.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** How many texts at most, and for how long. */
  readonly inputs: number;
  readonly milliseconds: number;
  /** No text may take longer: of the processor, which others use too. */
  readonly slowestMs: number;
}

export interface FuzzFailure {
  /** With the parser's name and the seed it makes the same text again. */
  readonly index: number;
  /** The shortest that was found to fail in the same way. */
  readonly text: string;
  readonly error: string;
}

export interface FuzzReport {
  readonly parser: string;
  readonly seed: number;
  readonly inputs: number;
  /** One of each kind. */
  readonly failures: readonly FuzzFailure[];
  readonly slowestMs: number;
  /** The text that took longest, by its index. */
  readonly slowest: number;
  /** Of a thousand texts 999 took no longer. */
  readonly p999Ms: number;
  readonly grownMiB: number;
}

const SHRINK_MS = 3000;
/** Time goes to others before it is measured, so that a report of hundreds of thousands of texts needs no long list. */
const BUCKETS_PER_MS = 20;

/** The text of that index. */
function textOf(parser: Parser, seed: number, index: number): string {
  const digest = createHash('sha256').update(`${parser.name} ${seed} ${index}`).digest();
  return mutated(parser, new Random(digest.readUInt32LE()));
}

/** Gives the parser texts of chance, the same for the same seed, and reports each kind of failure once with a short text for it. */
export async function fuzz(parser: Parser, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, inputs, milliseconds, slowestMs } = options;
  const over = performance.now() + milliseconds;
  const failures = new Map<string, FuzzFailure>();
  const times = new Uint32Array(400 * BUCKETS_PER_MS);
  const before = process.memoryUsage().rss;
  let slowest = { index: -1, took: 0 };
  let index = 0;
  for (; index < inputs && performance.now() < over; index += 1) {
    const text = textOf(parser, seed, index);
    const tried = await tryOnce(parser, text, { again: index % 50 === 0 });
    let { took } = tried;
    // Memory may have been tidied up meanwhile.
    for (let repeat = 0; took > slowestMs / 2 && repeat < 3; repeat += 1)
      took = Math.min(took, (await tryOnce(parser, text)).took);
    if (took > slowest.took) slowest = { index, took };
    const bucket = Math.min(times.length - 1, Math.floor(took * BUCKETS_PER_MS));
    times[bucket] = (times[bucket] ?? 0) + 1;
    const error = tried.error ?? (took > slowestMs ? 'slow' : undefined);
    if (error === undefined) continue;
    const kind = kindOf(error);
    if (failures.has(kind)) continue;
    const fails = async (shorter: string): Promise<boolean> => {
      const again = await tryOnce(parser, shorter, { again: true });
      return error === 'slow' ? again.took > slowestMs : again.error !== undefined && kindOf(again.error) === kind;
    };
    failures.set(kind, {
      index,
      text: error === 'slow' ? text : await shortened(text, fails),
      error: error === 'slow' ? `it took ${took.toFixed(0)} ms` : error,
    });
    if (failures.size >= 8) break;
  }
  return {
    parser: parser.name,
    seed,
    inputs: index,
    failures: [...failures.values()],
    slowestMs: slowest.took,
    slowest: slowest.index,
    p999Ms: quantile(times, index, 0.999),
    grownMiB: Math.max(0, process.memoryUsage().rss - before) / 1024 / 1024,
  };
}

/** For people: what failed, and how to see it again. */
export function told({ parser, seed, failures }: FuzzReport): string {
  return failures
    .map(({ index, text, error }) => `${parser}, seed ${seed}, text ${index}: ${error}\n  ${shown(text)}`)
    .join('\n');
}

async function tryOnce(
  parser: Parser,
  text: string,
  { again = false }: { readonly again?: boolean } = {},
): Promise<{ readonly took: number; readonly error?: string }> {
  const spent = startCpuClock();
  let took: number | undefined;
  try {
    const first = await parser.check(text);
    took = spent();
    if (again && !isDeepStrictEqual(await parser.check(text), first)) return { took, error: 'not the same twice' };
    return { took };
  } catch (error) {
    took ??= spent();
    return { took, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Where it was thrown, and not what about. */
function kindOf(error: string): string {
  const [first = '', ...lines] = error.split('\n');
  const place = lines.find((line) => line.includes('/src/')) ?? lines.find((line) => line.includes('/test/')) ?? '';
  return `${first.slice(0, 40).replaceAll(/\d+/g, 'N')} ${place.trim()}`;
}

async function shortened(text: string, fails: (text: string) => Promise<boolean>): Promise<string> {
  const over = performance.now() + SHRINK_MS;
  let shortest = text;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < shortest.length && performance.now() < over;) {
      const shorter = shortest.slice(0, at) + shortest.slice(at + size);
      if (await fails(shorter)) shortest = shorter;
      else at += size;
    }
  }
  return shortest;
}

function quantile(times: Uint32Array, count: number, share: number): number {
  let seen = 0;
  for (const [bucket, number] of times.entries()) {
    seen += number;
    if (seen >= count * share) return (bucket + 1) / BUCKETS_PER_MS;
  }
  return times.length / BUCKETS_PER_MS;
}

const shown = (text: string): string => {
  const json = JSON.stringify(text);
  return json.length <= 600 ? json : `${json.slice(0, 600)}... (${text.length} characters)`;
};
