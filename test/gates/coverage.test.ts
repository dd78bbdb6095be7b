import assert from 'node:assert/strict';
import { coverage } from '../../scripts/gates/coverage.ts';
import { SmallProject } from './small-project.ts';

const HALVES = `export function half(number: number): number {
  if (number < 0) {
    const positive = -number;
    return -(positive / 2);
  }
  return number / 2;
}
`;
const TYPES = '/** Only a type. */\nexport interface Host {\n  readonly name: string;\n}\n';

function testOf(...numbers: readonly number[]): string {
  const cases = numbers.map((number) => `it('halves ${number}', () => assert.equal(half(${number}), ${number / 2}));`);
  return `import assert from 'node:assert/strict';\nimport { half } from '../../src/util/half.ts';\n\n${cases.join('\n')}\n`;
}

describe('the gate coverage', function () {
  this.timeout(60_000);

  it('passes when the tests pass and reach everything, and counts both', async () => {
    using project = new SmallProject({
      'src/util/half.ts': HALVES,
      'src/model/host.ts': TYPES,
      'test/util/half.test.ts': testOf(2, -2),
    });
    const verdict = await coverage.run(project.root);
    assert.equal(verdict.ok, true, verdict.output);
    assert.equal(verdict.looked, 1, 'a file that holds only types has nothing to reach');
    assert.equal(verdict.things, 'files, 2 tests');
  });

  it('fails when the tests leave a branch out', async () => {
    using project = new SmallProject({ 'src/util/half.ts': HALVES, 'test/util/half.test.ts': testOf(2) });
    const verdict = await coverage.run(project.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /Tests reach 57\.14 % of the lines, and must reach 90 %/);
  });

  it('fails when no test loads a file', async () => {
    using project = new SmallProject({
      'src/util/half.ts': HALVES,
      'src/util/other.ts': HALVES,
      'test/util/half.test.ts': testOf(2, -2),
    });
    const verdict = await coverage.run(project.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /other\.ts +\| +0 /);
  });

  it('fails when a test fails, however much it reaches', async () => {
    using project = new SmallProject({
      'src/util/half.ts': HALVES,
      'test/util/half.test.ts': `${testOf(2, -2)}it('fails', () => assert.fail());\n`,
    });
    const verdict = await coverage.run(project.root);
    assert.equal(verdict.ok, false);
  });

  it('names a test that passes only when it is run again', async () => {
    const once = `import { existsSync, writeFileSync } from 'node:fs';
it('is late once', () => {
  const wasHere = existsSync('was-here');
  writeFileSync('was-here', '');
  assert.ok(wasHere);
});
`;
    using project = new SmallProject({
      'src/util/half.ts': HALVES,
      'test/util/half.test.ts': testOf(2, -2) + once,
    });
    const verdict = await coverage.run(project.root);
    assert.deepEqual([verdict.ok, verdict.things], [true, 'files, 3 tests, unsteady: test/util/half.test.ts']);
  });

  it('says what failed, and nothing of what did not', async () => {
    using project = new SmallProject({
      'src/util/half.ts': HALVES,
      'test/util/half.test.ts': testOf(2, -2),
      'test/util/other.test.ts': "it('is the one that fails', () => { throw new Error('here'); });\n",
    });
    const { output } = await coverage.run(project.root);
    assert.match(output, /is the one that fails/);
    assert.doesNotMatch(output, /half\.test\.ts|half\.ts/);
  });

  it('has looked at nothing when there is no test', async () => {
    using project = new SmallProject({ 'src/util/half.ts': HALVES });
    const verdict = await coverage.run(project.root);
    assert.equal(verdict.looked, 0);
  });
});
