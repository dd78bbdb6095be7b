import { Random } from '../support/random.ts';
import type { Experiment, Trial } from './experiment.ts';

const GOLDEN = (Math.sqrt(5) - 1) / 2;

export interface Extent {
  readonly seed: number;
  readonly rounds: number;
  /** Only this round. */
  readonly round?: number;
  /** No round is begun later. */
  readonly minutes?: number;
  readonly lanes?: number;
}

export interface Verdict {
  readonly rounds: number;
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
    for (;;) {
      const round = performance.now() < until ? numbers.shift() : undefined;
      if (round === undefined) return;
      const startedAt = performance.now();
      try {
        const counted = await trial.round(new Random(extent.seed * 1_000_003 + round), round);
        for (const [name, count] of Object.entries(counted)) figures.set(name, (figures.get(name) ?? 0) + count);
      } catch (error) {
        const failure = { round, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
        failures.push(failure);
        told(failure);
      }
      times.push(performance.now() - startedAt);
    }
  };
  try {
    await Promise.all(trials.map(lane));
  } finally {
    for (const trial of trials) await trial.end();
  }
  const seconds = (performance.now() - begun) / 1000;
  return { rounds: times.length, failures, medianMs: median(times), seconds, figures };
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
function roundNumbers({ round, rounds }: Extent, cases?: number): number[] {
  if (round !== undefined) return [round];
  const numbers = Array.from({ length: cases ?? rounds }, (_, index) => index + 1);
  if (cases === undefined) return numbers;
  const place = (number: number): number => (number * GOLDEN) % 1;
  return numbers.toSorted((a, b) => place(a) - place(b)).slice(0, rounds);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
