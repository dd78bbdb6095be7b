import { setImmediate } from 'node:timers/promises';
import { Random } from '../support/random.ts';
import type { Experiment, Figures, Trial } from './experiment.ts';

const GOLDEN = (Math.sqrt(5) - 1) / 2;

export interface Extent {
  readonly seed: number;
  readonly rounds: number;
  /** The first of them is so far in the order of all, which is the same for every seed. Default: 1. */
  readonly from?: number;
  /** Only this round. */
  readonly round?: number;
  /** No round is begun later. */
  readonly minutes?: number;
  /** Once it is aborted no round is begun. */
  readonly stop?: AbortSignal;
  readonly lanes?: number;
}

export interface Verdict {
  readonly rounds: number;
  /** Where to go on `from` when there is more. */
  readonly next?: number;
  readonly failures: readonly Failure[];
  readonly medianMs: number;
  readonly seconds: number;
  readonly figures: ReadonlyMap<string, number>;
}

export interface Failure {
  readonly round: number;
  readonly message: string;
}

/** Never throws for what a round finds: that is a failure, which `told` hears at once. */
export async function runExperiment(
  experiment: Experiment,
  extent: Extent,
  told: (failure: Failure) => void = () => {},
): Promise<Verdict> {
  const wanted = extent.round === undefined ? (extent.lanes ?? experiment.lanes ?? 1) : 1;
  const lanes = Math.min(wanted, extent.rounds);
  const trials = await prepareAll(experiment, lanes);
  const numbers = roundNumbers(extent, trials[0]?.cases);
  const until = performance.now() + (extent.minutes ?? Infinity) * 60_000;
  const begun = performance.now();
  const failures: Failure[] = [];
  const times: number[] = [];
  const figures = new Map<string, number>();

  const lane = async (trial: Trial): Promise<void> => {
    while (performance.now() < until && extent.stop?.aborted !== true && numbers.length > 0) {
      // A round that waits for nothing would let no signal be heard.
      await setImmediate();
      const taken = numbers.splice(0, 'round' in trial ? 1 : trial.blockSize);
      const startedAt = performance.now();
      const ends = await carryOut(trial, taken, extent.seed);
      const tookMs = (performance.now() - startedAt) / taken.length;
      for (const [index, end] of ends.entries()) {
        times.push(tookMs);
        if (end.status === 'fulfilled')
          for (const [name, count] of Object.entries(end.value)) figures.set(name, (figures.get(name) ?? 0) + count);
        else {
          const failure = { round: taken[index] ?? 0, message: messageOf(end.reason) };
          failures.push(failure);
          told(failure);
        }
      }
    }
  };
  try {
    await Promise.all(trials.map(lane));
  } finally {
    for (const trial of trials) await trial.end();
  }
  const seconds = (performance.now() - begun) / 1000;
  const verdict = { rounds: times.length, failures, medianMs: median(times), seconds, figures };
  const { from = 1, rounds, round } = extent;
  const isMore = round === undefined && from - 1 + times.length < (trials[0]?.cases ?? from - 1 + rounds);
  return isMore ? { ...verdict, next: from + times.length } : verdict;
}

async function carryOut(
  trial: Trial,
  rounds: readonly number[],
  seed: number,
): Promise<readonly PromiseSettledResult<Figures>[]> {
  if ('round' in trial)
    return Promise.allSettled(rounds.map(async (round) => trial.round(new Random(seed * 1_000_003 + round), round)));
  try {
    return await trial.block(rounds);
  } catch (reason) {
    return rounds.map(() => ({ status: 'rejected', reason }));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function prepareAll(experiment: Experiment, lanes: number): Promise<readonly Trial[]> {
  const tried = await Promise.allSettled(Array.from({ length: lanes }, () => experiment.prepare()));
  const trials = tried.flatMap((trial) => (trial.status === 'fulfilled' ? [trial.value] : []));
  const failed = tried.find((trial) => trial.status === 'rejected');
  if (failed === undefined) return trials;
  for (const trial of trials) await trial.end();
  throw failed.reason;
}

/** However many of the cases there is time for, they are spread over all of them: by the golden ratio. */
function roundNumbers({ round, rounds, from = 1 }: Extent, cases?: number): number[] {
  if (round !== undefined) return [round];
  const last = from - 1 + rounds;
  const numbers = Array.from({ length: cases ?? last }, (_, index) => index + 1);
  if (cases === undefined) return numbers.slice(from - 1);
  const place = (number: number): number => (number * GOLDEN) % 1;
  return numbers.toSorted((a, b) => place(a) - place(b)).slice(from - 1, last);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
