import { GATES, REAL_HOSTS, UNIT_PARTS, filesOf, runGroup, total } from './support/test-group.ts';
import { runFailedAgain } from './support/second-run.ts';
import type { Counts, GroupResult, TestGroup } from './support/test-group.ts';

const ROOT = `${import.meta.dirname}/..`;

// Hosts of one lane go one after the other, beside the tests that need the processor.
const [COMPUTES, ...WAITING] = UNIT_PARTS;
const LANES: readonly (readonly TestGroup[])[] = [[COMPUTES, GATES], ...WAITING.map((group) => [group]), ...REAL_HOSTS];

process.exitCode = await main(process.argv.slice(2));

/** Runs all groups, or those named, and prints the closing line last. Exit status 1: a test failed, or none ran. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !LANES.flat().some((group) => group.name === name));
  if (unknown.length > 0) {
    const known = new Set(LANES.flat().map((group) => group.name));
    process.stderr.write(`There is no test group ${unknown.join(', ')}. Groups: ${[...known].join(', ')}.\n`);
    return 64;
  }
  const lanes = LANES.map((lane) => lane.filter((group) => names.length === 0 || names.includes(group.name)));
  const results = (await Promise.all(lanes.map(runLane))).flat();
  const counts: Counts[] = [];
  for (const result of results) counts.push(await countsAfterSecondRun(result));
  const { passed, failed, skipped } = total(counts);
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed > 0 || passed + skipped === 0 ? 1 : 0;
}

async function runLane(groups: readonly TestGroup[]): Promise<readonly GroupResult[]> {
  const results: GroupResult[] = [];
  for (const group of groups) {
    if (filesOf(group, ROOT).length === 0) continue;
    const result = await runGroup(group, ROOT);
    print(result);
    results.push(result);
  }
  return results;
}

async function countsAfterSecondRun(first: GroupResult): Promise<Counts> {
  const { result, unsteady } = await runFailedAgain(first, ROOT);
  if (result !== first) print(result, ', once more and alone');
  for (const file of unsteady) process.stdout.write(`\n  UNSTEADY: ${file} failed beside others and passed alone\n`);
  return result.counts;
}

function print({ group, seconds, output, trouble }: GroupResult, how = ''): void {
  process.stdout.write(`\n== ${group.name} tests${how}, ${seconds.toFixed(1)} s\n${output}\n`);
  if (trouble !== undefined) process.stdout.write(`\n  FAILED: ${trouble}\n`);
}
