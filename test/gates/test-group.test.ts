import assert from 'node:assert/strict';
import { filesOf, runGroup, total } from '../../scripts/support/test-group.ts';
import type { GroupResult, TestGroup } from '../../scripts/support/test-group.ts';
import { SmallProject } from './small-project.ts';

const GROUP: TestGroup = { name: 'unit', include: 'test/**/*.test.ts', exclude: ['test/hosts/**'], limitMinutes: 1 };
const SKIP = "import { skip } from '../support/skip.ts';\n";

async function run(text: string, group: TestGroup = GROUP): Promise<GroupResult> {
  using project = new SmallProject({ 'test/util/sum.test.ts': text });
  return await runGroup(group, project.root);
}

describe('a test group', function () {
  this.timeout(60_000);

  it('counts what passed, failed and was skipped, and says why it was skipped', async () => {
    const { counts, output, trouble } = await run(
      `${SKIP}it('holds', () => {});\nit('breaks', () => { throw new Error('seven'); });\n` +
        "it('waits', function () { skip(this, 'needs a second host'); });\n" +
        "describe('far', () => {\n  before(function () { skip(this, 'needs root'); });\n  it('one', () => {});\n  it('two', () => {});\n});\n",
    );
    assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 3 });
    assert.equal(trouble, undefined);
    assert.match(output, /Error: seven/);
    assert.match(output, /- waits: needs a second host\n {2}- far one: needs root\n {2}- far two: needs root/);
  });

  it('leaves the closing line to the sum of all groups', async () => {
    const { output } = await run("it('holds', () => {});\n");
    assert.doesNotMatch(output, /^\d+ passed, \d+ failed/m);
  });

  it('counts a process that dies in the middle as a failure', async () => {
    const { counts, trouble } = await run("it('dies', () => { process.kill(process.pid, 'SIGKILL'); });\n");
    assert.deepEqual(counts, { passed: 0, failed: 1, skipped: 0 });
    assert.equal(trouble, 'mocha ended without its closing line (signal SIGKILL)');
  });

  it('does not take a test that prints a closing line and exits for a run that ended well', async () => {
    const { counts } = await run(
      "it('lies', () => { console.log('9 passed, 0 failed, 0 skipped'); process.exit(3); });\n",
    );
    assert.equal(counts.failed, 1);
  });

  it('counts a file that cannot be loaded as a failure', async () => {
    const { counts } = await run("import './nowhere.ts';\n");
    assert.equal(counts.failed, 1);
  });

  it('counts a process that holds no test as a failure', async () => {
    const { counts, trouble } = await run('');
    assert.equal(counts.failed, 1);
    assert.equal(trouble, 'mocha ran no test');
  });

  it('stops a process that does not end, and counts it as a failure', async () => {
    const text = "it('hangs', function (done) { this.timeout(0); setInterval(() => {}, 1000); });\n";
    const { counts, trouble } = await run(text, { ...GROUP, limitMinutes: 0.03 });
    assert.equal(counts.failed, 1);
    assert.match(trouble ?? '', /its time limit/);
  });

  it('leaves out the files of other groups', () => {
    using project = new SmallProject({ 'test/a.test.ts': '', 'test/hosts/b.test.ts': '', 'test/util/c.test.ts': '' });
    assert.deepEqual(filesOf(GROUP, project.root), ['test/a.test.ts', 'test/util/c.test.ts']);
  });

  it('adds up the counts of all groups', async () => {
    const one = await run("it('holds', () => {});\n");
    const other = await run("it('breaks', () => { throw new Error('x'); });\nit.skip('waits', () => {});\n");
    assert.deepEqual(total([one.counts, other.counts]), { passed: 1, failed: 1, skipped: 1 });
  });
});
