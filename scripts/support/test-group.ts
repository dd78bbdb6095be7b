import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { withOwnRunFolder } from './own-run-folder.ts';
import { runProcess } from './process.ts';
import type { ProcessResult } from './process.ts';

/** Tests that run in one mocha process. */
export interface TestGroup {
  readonly name: string;
  readonly include: string;
  readonly exclude?: readonly string[];
  readonly limitMinutes: number;
  /** Its tests lock this machine, so they get a `/run` of their own where that can be had. */
  readonly ownRunFolder?: true;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface GroupResult {
  readonly group: TestGroup;
  readonly counts: Counts;
  readonly seconds: number;
  readonly output: string;
  /** The process itself went wrong: counted as one failed test. */
  readonly trouble?: string;
}

const NOT_UNIT = ['test/hosts/**', 'test/fleet/**', 'test/demo/**', 'test/gates/**'];
/** All that needs no host made for it: what the coverage is of. */
export const UNIT: TestGroup = {
  name: 'unit',
  include: 'test/**/*.test.ts',
  exclude: NOT_UNIT,
  limitMinutes: 20,
  ownRunFolder: true,
};
const PROGRAMS = 'test/cli/**/*.test.ts';
const SHELLS = 'test/transports/**/*.test.ts';
/** The same in three processes: one computes, the others mostly wait for programs that they start and for shells. */
export const UNIT_PARTS: readonly [TestGroup, TestGroup, TestGroup] = [
  { ...UNIT, exclude: [...NOT_UNIT, PROGRAMS, SHELLS] },
  { name: 'unit', include: PROGRAMS, limitMinutes: 20, ownRunFolder: true },
  { name: 'unit', include: SHELLS, limitMinutes: 20, ownRunFolder: true },
];
export const GATES: TestGroup = { name: 'gates', include: 'test/gates/**/*.test.ts', limitMinutes: 10 };
const APACHE = 'test/hosts/apache-*.test.ts';
const LOGINS = 'test/hosts/{become,debian,login,odd,openssh}*.test.ts';
const TRANSPORTS = 'test/hosts/{ssh,transport}*.test.ts';
const LIBRARY = 'test/hosts/library.test.ts';
/** Real hosts mostly wait, so what is tried on them is in lanes that are about as long as each other and run at once. */
export const REAL_HOSTS: readonly (readonly TestGroup[])[] = [
  [
    { name: 'demo', include: 'test/demo/**/*.test.ts', limitMinutes: 15 },
    {
      name: 'hosts',
      include: 'test/hosts/**/*.test.ts',
      exclude: [APACHE, LOGINS, TRANSPORTS, LIBRARY],
      limitMinutes: 20,
    },
    { name: 'fleet', include: 'test/fleet/**/*.test.ts', limitMinutes: 30 },
  ],
  [{ name: 'hosts', include: APACHE, limitMinutes: 20 }],
  [{ name: 'hosts', include: LOGINS, limitMinutes: 20 }],
  [{ name: 'hosts', include: TRANSPORTS, limitMinutes: 20 }],
  [{ name: 'library', include: LIBRARY, limitMinutes: 20 }],
];

/** Mocha's last line, by our reporter. */
export const CLOSING_LINE = /^(\d+) passed, (\d+) failed, (\d+) skipped\n$/m;
const GRACE_MS = 15_000;

export function filesOf(group: TestGroup, root: string): readonly string[] {
  const { include, exclude = [] } = group;
  return globSync(include, { cwd: root, exclude: [...exclude] }).toSorted();
}

/** What to give to Node, as arguments, to run the group's files. */
export function mochaCommand(group: TestGroup, root: string): readonly string[] {
  const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  return [mocha, ...filesOf(group, root)];
}

/** Runs the group's files, which must not be none, in one mocha process. */
export async function runGroup(group: TestGroup, root: string): Promise<GroupResult> {
  const mocha = mochaCommand(group, root);
  const { program, args } =
    group.ownRunFolder === true
      ? withOwnRunFolder(process.execPath, mocha)
      : { program: process.execPath, args: mocha };
  const result = await runProcess(program, args, {
    cwd: root,
    timeoutMs: group.limitMinutes * 60_000,
    closing: { pattern: CLOSING_LINE, graceMs: GRACE_MS },
  });
  return judge(group, result);
}

/** Takes a process at its word only when its closing line and its exit agree. */
export function judge(group: TestGroup, result: ProcessResult): GroupResult {
  const counts = countsOf(result.stdout);
  const trouble = troubleOf(counts, result);
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  const output = withoutClosingLine(result.output);
  const { seconds } = result;
  if (trouble === undefined) return { group, counts: { passed, failed, skipped }, seconds, output };
  return { group, counts: { passed, failed: failed + 1, skipped }, seconds, output, trouble };
}

export function total(all: readonly Counts[]): Counts {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

function countsOf(stdout: string): Counts | undefined {
  const [, passed, failed, skipped] = CLOSING_LINE.exec(lastLineOf(stdout)) ?? [];
  if (passed === undefined || failed === undefined || skipped === undefined) return undefined;
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

function troubleOf(counts: Counts | undefined, result: ProcessResult): string | undefined {
  const { code, signal, stopped } = result;
  if (stopped === 'time limit') return `mocha was stopped after ${result.seconds.toFixed(0)} s, its time limit`;
  if (stopped === 'open handles')
    return 'something kept the mocha process alive after its last test: close it in the test';
  const end = signal === null ? `exit status ${code}` : `signal ${signal}`;
  if (counts === undefined) return `mocha ended without its closing line (${end})`;
  if (code !== 0 && counts.failed === 0) return `mocha counted no failure and still ended with ${end}`;
  if (counts.passed + counts.failed + counts.skipped === 0) return 'mocha ran no test';
  return undefined;
}

/** Only the sum of all groups may look like a closing line. */
function withoutClosingLine(output: string): string {
  return output.replace(/^\d+ passed, \d+ failed, \d+ skipped\n?/gm, '').trimEnd();
}

function lastLineOf(text: string): string {
  return text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
}
