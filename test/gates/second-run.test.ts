import assert from 'node:assert/strict';
import { runFailedAgain } from '../../scripts/support/second-run.ts';
import { runGroup, type TestGroup } from '../../scripts/support/test-group.ts';
import { SmallProject } from './small-project.ts';

const GROUP: TestGroup = { name: 'unit', include: 'test/**/*.test.ts', limitMinutes: 1 };
const HOLDS = "it('holds', () => {});\n";
const BREAKS = "it('breaks', () => { throw new Error('seven'); });\n";
const ONCE_LATE = `import { existsSync, writeFileSync } from 'node:fs';
it('comes too late once', () => {
  const wasHere = existsSync('was-here');
  writeFileSync('was-here', '');
  if (!wasHere) throw new Error('late');
});
`;

async function twice(files: Readonly<Record<string, string>>): ReturnType<typeof runFailedAgain> {
  using project = new SmallProject(files);
  return await runFailedAgain(await runGroup(GROUP, project.root), project.root);
}

describe('a second run of what failed', function () {
  this.timeout(60_000);

  it('counts a test that passes alone as passed, and names its file', async () => {
    const { result, unsteady } = await twice({ 'test/a.test.ts': HOLDS, 'test/b.test.ts': ONCE_LATE + HOLDS });
    assert.deepEqual(result.counts, { passed: 3, failed: 0, skipped: 0 });
    assert.deepEqual(unsteady, ['test/b.test.ts']);
    assert.match(result.output, /test\/b\.test\.ts: 2 passed/);
    assert.doesNotMatch(result.output, /test\/a\.test\.ts/, 'what passed is not run again');
  });

  it('counts a test that fails again as failed', async () => {
    const { result, unsteady } = await twice({ 'test/a.test.ts': ONCE_LATE, 'test/b.test.ts': HOLDS + BREAKS });
    assert.deepEqual(result.counts, { passed: 2, failed: 1, skipped: 0 });
    assert.deepEqual(unsteady, ['test/a.test.ts']);
  });

  it('is not made of a process that died, nor when too much failed', async () => {
    const died = { 'test/a.test.ts': "it('dies', () => { process.kill(process.pid, 'SIGKILL'); });\n" };
    const many = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`test/${index}.test.ts`, BREAKS] as const),
    );
    for (const files of [died, many]) {
      using project = new SmallProject(files);
      const first = await runGroup(GROUP, project.root);
      const { result, unsteady } = await runFailedAgain(first, project.root);
      assert.equal(result, first);
      assert.deepEqual(unsteady, []);
    }
  });
});
