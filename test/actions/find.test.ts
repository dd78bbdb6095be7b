import assert from 'node:assert/strict';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/find.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { outputOf, perform, userlands } from './support/userlands.ts';

const DAY = 86_400;

describe('find on this machine', function () {
  this.timeout(60_000);
  let top: string;

  beforeEach(() => (top = mkdtempSync(join(tmpdir(), 'runbook-find-'))));
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  const place = (path: string, { days = 0, size = 1 } = {}): string => {
    const file = join(top, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, 'x'.repeat(size));
    const then = Date.now() / 1000 - days * DAY;
    utimesSync(file, then, then);
    return file;
  };
  const names = (output: JsonObject): string[] =>
    (output['files'] as JsonObject[]).map(({ path }) => String(path).slice(top.length + 1)).toSorted();

  for (const userland of userlands()) {
    describe(userland.name, () => {
      it('shows names of every kind as they are', async () => {
        const odd = ['-rf', 'two\nlines', '%0A', `q'"$(id)`, '//', 'a b', '\\n', '*', 'größe'].map((name) =>
          place(name === '//' ? 'end\n/1 2 3 4 5 6 7 x' : name),
        );
        const output = await outputOf(action, { paths: [top] }, userland);
        assert.deepEqual(names(output), odd.map((path) => path.slice(top.length + 1)).toSorted());
      });

      it('chooses by name, age and length at every depth', async () => {
        place('app.log.1', { days: 8, size: 20 });
        place('a/b/app.log.2', { days: 9, size: 20 });
        place('a/young.log.1', { days: 6, size: 20 });
        place('a/short.log.1', { days: 8, size: 9 });
        place('audit.log.1', { days: 8, size: 20 });
        place('app.log', { days: 8, size: 20 });
        const params = {
          paths: [top],
          patterns: ['*.[0-9]', '*.gz'],
          excludes: ['audit*'],
          older_than: '7d',
          min_size: 10,
        };
        const output = await outputOf(action, params, userland);
        assert.deepEqual(names(output), ['a/b/app.log.2', 'app.log.1']);
        assert.deepEqual([output['count'], output['truncated']], [2, false]);
      });

      it('follows no link but the path itself, and counts paths that overlap once', async () => {
        place('real/in');
        symlinkSync(join(top, 'real'), join(top, 'linked'));
        symlinkSync('/etc', join(top, 'real', 'etc'));
        const paths = [join(top, 'linked'), join(top, 'real'), join(top, 'real', '..', 'real'), '', join(top, 'none')];
        const output = await outputOf(action, { paths, type: 'any' }, userland);
        assert.deepEqual(names(output), ['real/etc', 'real/in']);
      });

      it('lists the largest when there are too many, and counts all', async () => {
        for (let number = 0; number < 300; number++) place(`f${number}`, { size: number === 217 ? 90_000 : number });
        const output = await outputOf(action, { paths: [top], limit: 1 }, userland);
        assert.deepEqual([names(output), output['count'], output['truncated']], [['f217'], 300, true]);
      });

      it('counts no space for a file that keeps another name', async () => {
        linkSync(place('app.log.1', { size: 9000 }), join(top, 'backup'));
        linkSync(place('app.log.2', { size: 9000 }), join(top, 'app.log.3'));
        const output = await outputOf(action, { paths: [top], patterns: ['*.[0-9]'] }, userland);
        const [first] = output['files'] as JsonObject[];
        assert.deepEqual(names(output), ['app.log.1', 'app.log.2', 'app.log.3']);
        assert.equal(output['total_bytes'], first?.['disk_bytes']);
      });

      it('tells what a file with holes takes on disk, and counts two names of one file once', async () => {
        truncateSync(place('holes'), 50_000_000);
        linkSync(place('one', { size: 9000 }), join(top, 'two'));
        const output = await outputOf(action, { paths: [top] }, userland);
        const [first] = output['files'] as JsonObject[];
        assert.equal(first?.['size_bytes'], 9000);
        const holes = (output['files'] as JsonObject[]).find(({ path }) => path === join(top, 'holes'));
        assert.equal(holes?.['size_bytes'], 50_000_000);
        const total = Number(output['total_bytes']);
        assert.ok(
          total < 50_000 && total - Number(holes?.['disk_bytes']) === Number(first?.['disk_bytes']),
          `${total}`,
        );
      });

      it('holds a long list of long names in one answer', async () => {
        const long = 'n'.repeat(240);
        for (let number = 0; number < 5000; number++) place(`${long}${number}`);
        const output = await outputOf(action, { paths: [top], limit: 5000 }, userland);
        const files = output['files'] as JsonObject[];
        assert.ok(files.length > 1000 && files.length < 5000, `${files.length}`);
        assert.deepEqual([output['count'], output['truncated']], [5000, true]);
      });

      it('says so when a folder cannot be read', async function () {
        if (process.getuid?.() === 0) return skip(this, 'root may read everything');
        place('closed/in');
        chmodSync(join(top, 'closed'), 0);
        const below = await outputOf(action, { paths: [top] }, userland);
        const itself = await perform(action, { paths: [join(top, 'closed')] }, userland);
        chmodSync(join(top, 'closed'), 0o700);
        assert.equal(below['truncated'], true);
        assert.equal(itself.status, 'failed');
      });
    });
  }
});
