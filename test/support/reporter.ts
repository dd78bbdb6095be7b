import { relative } from 'node:path';
import Mocha from 'mocha';
import { skipReason } from './skip.ts';

const { EVENT_TEST_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;

interface FileTally {
  passed: number;
  failed: number;
  skipped: number;
}

/** One line a file, then each failure in full, then each skipped test with its reason, then the closing line. */
export default class ClosingLineReporter extends Mocha.reporters.Base {
  readonly #files = new Map<string, FileTally>();
  readonly #skipped: Mocha.Test[] = [];

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

  #count(test: Mocha.Runnable, state: keyof FileTally): void {
    const file = test.file === undefined ? '(no file)' : relative(process.cwd(), test.file);
    const tally = this.#files.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
    tally[state] += 1;
    this.#files.set(file, tally);
  }
}

function stateOf(test: Mocha.Test): keyof FileTally {
  if (test.isPending()) return 'skipped';
  return test.isFailed() ? 'failed' : 'passed';
}

function describe(tally: FileTally): string {
  const parts = Object.entries(tally).filter(([, count]) => count > 0);
  return parts.map(([state, count]) => `${count} ${state}`).join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
