import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import typescript from 'typescript';
import { withOwnRunFolder } from '../support/own-run-folder.ts';
import { runProcess } from '../support/process.ts';
import { runFailedAgain } from '../support/second-run.ts';
import { CLOSING_LINE, UNIT, filesOf, judge, mochaCommand } from '../support/test-group.ts';
import type { Gate, Verdict } from './gate.ts';

const C8 = join(import.meta.dirname, '..', '..', 'node_modules', 'c8', 'bin', 'c8.js');
const LINES_PERCENT = 90;
const BRANCHES_PERCENT = 85;
const BARE = { removeComments: true, module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ESNext };
// Counting makes code slower, that of libraries too.
const TEST_LIMIT = '--timeout=60000';
// One process runs what `npm test` runs in three, and slower.
const LIMIT_MS = 4 * UNIT.limitMinutes * 60_000;
const REPORT_WITHIN_MS = 60_000;
const PASSED = /^ {2}\S+: \d+ passed(?:, \d+ skipped)?(?:, [\d.]+ s)?$/;
const TABLE_ROW = /^ +\S+ +\| +([\d.]+) \|/;
const GENERATED = 'src/actions/index.ts';

/** The unit tests pass and reach nearly all of `src`. Real hosts are left to `npm test`: coverage is about the quick ones. */
export const coverage: Gate = {
  name: 'coverage',
  run: async (root) => {
    const reports = mkdtempSync(join(tmpdir(), 'runbook-coverage-'));
    try {
      return await measure(root, reports);
    } finally {
      rmSync(reports, { recursive: true, force: true });
    }
  },
};

async function measure(root: string, reports: string): Promise<Verdict> {
  if (filesOf(UNIT, root).length === 0)
    return { ok: false, looked: 0, things: 'tests', output: 'There is no unit test.' };
  const excluded = [GENERATED, ...filesWithoutCode(root)].map((file) => `--exclude=${file}`);
  const scope = ['--all', '--src=src', '--include=src/**', '--extension=.ts', ...excluded];
  const folders = [`--temp-directory=${join(reports, 'v8')}`, `--reports-dir=${reports}`];
  const reporters = ['--reporter=text', '--reporter=json-summary'];
  const counted = [C8, ...scope, ...folders, ...reporters, ...mochaCommand(UNIT, root), TEST_LIMIT];
  const { program, args } = withOwnRunFolder(process.execPath, counted);
  const result = await runProcess(program, args, {
    cwd: root,
    timeoutMs: LIMIT_MS,
    closing: { pattern: CLOSING_LINE, graceMs: REPORT_WITHIN_MS },
  });
  // c8 prints its table after mocha's closing line.
  const tests = judge(UNIT, { ...result, stdout: upToClosingLine(result.stdout) });
  const measured = readMeasured(reports);
  // What is counted was counted: a second run only says whether a test that failed had come too late.
  const { result: again, unsteady } = await runFailedAgain(tests, root);
  const missing = whatIsMissing(measured);
  const ok = missing === '' && again.counts.failed === 0;
  const late = unsteady.length === 0 ? '' : `, unsteady: ${unsteady.join(' ')}`;
  const things = `files, ${again.counts.passed} tests${late}`;
  return {
    ok,
    looked: measured.files,
    things,
    output: [again.trouble ?? '', missing, whatFailed(again.output)].join('\n'),
  };
}

/** Those that hold only types: never loaded, they would count as code that no test reaches. */
function filesWithoutCode(root: string): readonly string[] {
  return globSync('src/**/*.ts', { cwd: root }).filter((file) => {
    const { outputText } = typescript.transpileModule(readFileSync(join(root, file), 'utf8'), {
      compilerOptions: BARE,
    });
    return outputText.trim() === 'export {};';
  });
}

/** Without the lines of tests that passed and of files that are reached: there are hundreds, and they hide the one that matters. */
function whatFailed(output: string): string {
  const isFine = (line: string): boolean => PASSED.test(line) || Number(TABLE_ROW.exec(line)?.[1]) >= LINES_PERCENT;
  return output
    .split('\n')
    .filter((line) => !isFine(line))
    .join('\n');
}

function upToClosingLine(stdout: string): string {
  return /^[\s\S]*^\d+ passed, \d+ failed, \d+ skipped\n/m.exec(stdout)?.[0] ?? stdout;
}

interface Measured {
  readonly files: number;
  readonly lines: number;
  readonly branches: number;
}

/** In percent; nothing, when the program that counts left no summary. */
function readMeasured(reports: string): Measured {
  try {
    const summary = JSON.parse(readFileSync(join(reports, 'coverage-summary.json'), 'utf8')) as Summary;
    const { lines, branches } = summary.total;
    return { files: Object.keys(summary).length - 1, lines: lines.pct, branches: branches.pct };
  } catch {
    return { files: 0, lines: 0, branches: 0 };
  }
}

type Summary = Readonly<Record<'total', Readonly<Record<'lines' | 'branches', { readonly pct: number }>>>>;

function whatIsMissing({ lines, branches }: Measured): string {
  return [
    lines < LINES_PERCENT ? `Tests reach ${lines} % of the lines, and must reach ${LINES_PERCENT} %.` : '',
    branches < BRANCHES_PERCENT
      ? `Tests reach ${branches} % of the branches, and must reach ${BRANCHES_PERCENT} %.`
      : '',
  ]
    .join('\n')
    .trim();
}
