import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Workplace } from './spawn.ts';

const FILES = (name: string) => [
  `runbooks/${name}.yaml`,
  `runbooks/${name}.test/faults.yaml`,
  `runbooks/${name}.test/cases.yaml`,
];

describe('runbook new', () => {
  let place: Workplace;
  beforeEach(() => (place = new Workplace()));
  afterEach(() => {
    place.remove();
  });

  for (const [what, options] of [
    ['a directory', []],
    ['a service', ['--service', 'nginx@blue.service']],
  ] as const) {
    it(`writes a runbook about ${what} that lint has nothing against, with cases that only lack evidence`, async () => {
      const made = await place.runbook(['new', 'web-frozen', ...options]);
      assert.equal(made.code, 0, made.err);
      for (const file of FILES('web-frozen')) assert.ok(made.out.includes(`wrote ${file}\n`), made.out);
      for (const next of ['lint web-frozen', 'record web-frozen --on HOST', 'plan web-frozen --limit HOST'])
        assert.ok(made.out.includes(`  runbook ${next} `), made.out);
      const lint = await place.runbook(['lint', 'web-frozen']);
      assert.deepEqual([lint.code, lint.out], [0, '1 file, 0 errors, 0 warnings\n']);
      const test = await place.runbook(['test', 'web-frozen']);
      assert.equal(test.code, 2);
      assert.match(test.out, /^3 cases: 3 /m);
      assert.doesNotMatch(test.out + test.err, /failed|error/);
    });
  }

  it('writes nothing at all when one of its files is there', async () => {
    for (const there of FILES('web-frozen')) {
      place.write({ [there]: 'mine\n' });
      const { code, out, err } = await place.runbook(['new', 'web-frozen']);
      assert.equal(code, 64);
      assert.equal(out, '');
      assert.ok(err.includes(`${there} is there already`), err);
      assert.equal(readFileSync(join(place.directory, there), 'utf8'), 'mine\n');
      for (const other of FILES('web-frozen').filter((file) => file !== there))
        assert.throws(() => readFileSync(join(place.directory, other)));
      rmSync(join(place.directory, 'runbooks'), { recursive: true });
    }
  });

  it('proposes a name that it can take for one that it cannot', async () => {
    for (const [given, proposed] of [
      ['Disk Full.yaml', 'disk-full'],
      ['../../etc/cron', 'etc-cron'],
      ['7up', 'up'],
      ['ü', 'web-frozen'],
    ]) {
      const { code, err } = await place.runbook(['new', given ?? '']);
      assert.equal(code, 64);
      assert.ok(err.includes(`cannot be the name of a runbook`), err);
      assert.ok(err.includes(`runbook new ${proposed}\n`), err);
    }
  });

  it('refuses what no service is called, which would be more than a value in the file', async () => {
    for (const service of ['a b', 'x, state: stopped', '${{ host.name }}', '-h'])
      assert.match((await place.runbook(['new', 'web-frozen', `--service=${service}`])).err, /is no name of a service/);
  });

  it('says which runbook the new one takes the place of', async () => {
    const { code, err } = await place.runbook(['new', 'disk-full']);
    assert.equal(code, 0);
    assert.match(err, /^disk-full takes the place of .*\/runbooks\/disk-full\.yaml, which has the same name$/m);
  });
});
