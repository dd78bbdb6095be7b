import { runGroup, total, type Counts, type GroupResult } from './test-group.ts';

/** More files than these fail because something is broken, which a second run only says later. */
const MOST_FILES = 8;
/** What our reporter prints of each file. */
const FILE_LINE = /^ {2}(\S+): ((?:\d+ (?:passed|failed|skipped)(?:, )?)+)/gm;

export interface SecondRun {
  /** Of the group, with what the second run counted in the place of what the first did, and with what the second printed. */
  readonly result: GroupResult;
  /** Those that failed beside others and passed alone. */
  readonly unsteady: readonly string[];
}

/**
 * Runs the files of a group in which tests failed once more, when nothing else runs: what fails again has failed. A test on a machine
 * that others keep busy may come too late for what it wants to see, and a gate that is red by chance teaches people to look away.
 * What the first printed is the caller's to show. A process that went wrong as a whole is not run again.
 */
export async function runFailedAgain(first: GroupResult, root: string): Promise<SecondRun> {
  const failed = filesOfFailures(first.output);
  if (first.trouble !== undefined || failed.size === 0 || failed.size > MOST_FILES)
    return { result: first, unsteady: [] };
  const files = [...failed.keys()];
  const include = files.length === 1 ? `${files[0]}` : `{${files.join(',')}}`;
  const second = await runGroup({ ...first.group, include }, root);
  const before = total([...failed.values()]);
  const counts = {
    passed: first.counts.passed - before.passed + second.counts.passed,
    failed: first.counts.failed - before.failed + second.counts.failed,
    skipped: first.counts.skipped - before.skipped + second.counts.skipped,
  };
  const stillFailed = filesOfFailures(second.output);
  const unsteady = second.trouble === undefined ? files.filter((file) => !stillFailed.has(file)) : [];
  return { result: { ...second, group: first.group, counts }, unsteady };
}

function filesOfFailures(output: string): ReadonlyMap<string, Counts> {
  const files = [...output.matchAll(FILE_LINE)].map(([, file = '', counts = '']) => [file, countsIn(counts)] as const);
  return new Map(files.filter(([, { failed }]) => failed > 0));
}

function countsIn(text: string): Counts {
  const of = (state: string): number => Number(new RegExp(`(\\d+) ${state}`).exec(text)?.[1] ?? 0);
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}
