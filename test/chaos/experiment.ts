import type { Random } from '../support/random.ts';

/**
 * Something that must hold whatever goes wrong, tried in many rounds. Each is a file of `experiments/`, has that file's name, and is
 * its export `experiment`. Many rounds of it are `npm run chaos`, a few are tests.
 */
export interface Experiment {
  /** What must hold, in one line. */
  readonly promise: string;
  readonly rounds: { readonly inTests: number; readonly long: number };
  /** It starts hosts of the test fleet, or takes what these take: root on Debian. */
  readonly onHosts: boolean;
  /** So many rounds go on at once, each in a lane of its own. Default: 1. */
  readonly lanes?: number;
  /** Builds what the rounds of one lane work with, one after the other. */
  prepare(): Promise<Trial>;
}

export type Trial = TrialOfRounds | TrialOfBlocks;

interface Prepared {
  /** There are only so many rounds, and each is another case: round 17 is the 17th. Absent: chance alone makes a round. */
  readonly cases?: number;
  /** Takes down what `prepare` built. */
  end(): void | Promise<void>;
}

export interface TrialOfRounds extends Prepared {
  /** Throws when the promise was broken. `random` depends on the seed and on `round`, which counts from 1, and on nothing else. */
  round(random: Random, round: number): Promise<Figures>;
}

/** Rounds that are carried out together, because they share what is dear. */
export interface TrialOfBlocks extends Prepared {
  /** So many at most. */
  readonly blockSize: number;
  /** What came of each, in this order. One of them can be asked for alone. Throws when the promise was broken by all together. */
  block(rounds: readonly number[]): Promise<readonly PromiseSettledResult<Figures>[]>;
}

/** What is worth counting, such as `kills`: added up over all rounds. */
export type Figures = Readonly<Record<string, number>>;
