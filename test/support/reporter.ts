import { relative } from 'node:path';
import Mocha from 'mocha';
import { skipReason } from './skip.ts';

const { EVENT_TEST_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;

interface FileTally {
  readonly counts: Record<State, number>;
  ms: number;
}

type State = 'passed' | 'failed' | 'skipped';

const WORTH_SAYING_MS = 1000;

/** One line a file, then each failure in full, then each skipped test with its reason, then the closing line. */
export default class ClosingLineReporter extends Mocha.reporters.Base {
  readonly #files = new Map<string, FileTally>();
  readonly #skipped: Mocha.Test[] = [];
  #countedAt = performance.now();

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(EVENT_TEST_PENDING, (test: Mocha.Test) => this.#skipped.push(test));
    runner.on(EVENT_TEST_END, (test: Mocha.Test) => this.#count(test, stateOf(test)));
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Test | Mocha.Hook) => {
      if (test.type === 'hook') this.#count(test, 'failed');
    });
  }

  /** Mocha calls this once, after the last test. */
  override done(failures: number, finish: (failures: number) => void): void {
    for (const [file, tally] of this.#files) print(`  ${file}: ${describe(tally)}`);
    if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
    if (this.#skipped.length > 0) print('\n  Skipped:');
    for (const test of this.#skipped) print(`  - ${test.fullTitle()}: ${skipReason(test) ?? 'no reason given'}`);
    const { passes, pending } = this.stats;
    print(`\n${passes} passed, ${this.failures.length} failed, ${pending} skipped`);
    finish(failures);
  }

  /** The time since the test before belongs to this one: hooks are slow, too. */
  #count(test: Mocha.Runnable, state: State): void {
    const file = test.file === undefined ? '(no file)' : relative(process.cwd(), test.file);
    const tally = this.#files.get(file) ?? { counts: { passed: 0, failed: 0, skipped: 0 }, ms: 0 };
    const now = performance.now();
    tally.counts[state] += 1;
    tally.ms += now - this.#countedAt;
    this.#countedAt = now;
    this.#files.set(file, tally);
  }
}

function stateOf(test: Mocha.Test): State {
  if (test.isPending()) return 'skipped';
  return test.isFailed() ? 'failed' : 'passed';
}

function describe({ counts, ms }: FileTally): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const time = ms < WORTH_SAYING_MS ? [] : [`${(ms / 1000).toFixed(1)} s`];
  return [...parts.map(([state, count]) => `${count} ${state}`), ...time].join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
