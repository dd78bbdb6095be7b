import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/files_remove.ts';
import { skip } from '../support/skip.ts';
import { outputOf, perform, userlands } from './support/userlands.ts';

const DAY = 86_400;
const OLD = { older_than: '7d' };

describe('files_remove on this machine', function () {
  this.timeout(60_000);
  let top: string;

  beforeEach(() => (top = mkdtempSync(join(tmpdir(), 'runbook-remove-'))));
  afterEach(() => {
    // What a failed umount left there may be the system itself.
    assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${top}/`), `something is mounted below ${top}`);
    rmSync(top, { recursive: true, force: true });
  });

  const place = (path: string, days = 30): string => {
    const file = join(top, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, 'x'.repeat(5000));
    const then = Date.now() / 1000 - days * DAY;
    utimesSync(file, then, then);
    return file;
  };
  const left = (): string[] => filesBelow(top).map((path) => path.slice(top.length + 1));

  for (const userland of userlands()) {
    describe(userland.name, () => {
      it('removes what fits, whatever its name, and leaves the folders', async () => {
        for (const name of ['-rf', 'two\nlines', `q'"$(id)`, '.hidden', 'deep/er/*', 'deep/.dot/x', 'a b']) place(name);
        place('young', 6);
        const output = await outputOf(action, { paths: [top], ...OLD }, userland);
        assert.deepEqual(left(), ['young']);
        assert.ok(existsSync(join(top, 'deep/.dot')));
        assert.deepEqual([output['removed'], output['left']], [7, 0]);
        assert.ok(Number(output['freed_bytes']) >= 7 * 5000);
      });

      it('keeps to patterns and excludes', async () => {
        for (const name of ['app.log.1', 'audit.log.1', 'app.log', 'in/app.log.2']) place(name);
        const output = await outputOf(action, { paths: [top], patterns: ['*.[0-9]'], excludes: ['audit*'] }, userland);
        assert.deepEqual(left(), ['app.log', 'audit.log.1']);
        assert.deepEqual([output['removed'], output['left']], [2, 0]);
      });

      it('does not follow links, and removes them only when asked to', async () => {
        place('outside/kept');
        place('in/file');
        symlinkSync(join(top, 'outside'), join(top, 'in/link'));
        await outputOf(action, { paths: [join(top, 'in')], ...OLD }, userland);
        assert.deepEqual(left(), ['in/link', 'outside/kept']);
        await outputOf(action, { paths: [join(top, 'in')], patterns: ['link'], type: 'link' }, userland);
        assert.deepEqual(left(), ['outside/kept']);
      });

      it('leaves a file alone that a process has open', async () => {
        const file = openSync(place('open'), 'r');
        place('closed');
        const output = await outputOf(action, { paths: [top], ...OLD }, userland);
        closeSync(file);
        assert.deepEqual([left(), output['removed'], output['left']], [['open'], 1, 1]);
      });

      it('leaves an open file alone on what is mounted below, too', async function () {
        const mounted = join(top, 'in');
        mkdirSync(mounted);
        if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', mounted]).status !== 0) skip(this, 'needs root, to mount');
        const file = openSync(place('in/open'), 'r');
        try {
          place('in/closed');
          await outputOf(action, { paths: [top], ...OLD, one_file_system: false }, userland);
          assert.deepEqual(left(), ['in/open']);
        } finally {
          closeSync(file);
          spawnSync('umount', [mounted]);
        }
      });

      it('refuses a tree with system folders or file systems of the kernel mounted below', async function () {
        place('root/file');
        for (const [source, ...words] of [
          ['/usr', '--bind'],
          ['/usr/share', '--bind'],
          ['/', '--bind'],
          ['/dev', '--bind'],
          ['proc', '-t', 'proc'],
          ['sysfs', '-t', 'sysfs'],
          ['devpts', '-t', 'devpts'],
        ] as const) {
          const at = join(top, 'root', 'a b', 'at');
          mkdirSync(at, { recursive: true });
          if (spawnSync('mount', [...words, source, at]).status !== 0) skip(this, 'needs root, to mount');
          // A name that nothing has: were it not refused, this machine would stay whole.
          const nothing = { patterns: ['no-such-name-anywhere'] };
          try {
            const below = { paths: [join(top, 'root')], ...nothing, one_file_system: false };
            const result = await perform(action, below, userland);
            assert.match(result.status === 'failed' ? result.error : '', /below it.*nothing was removed/, source);
            if (!source.startsWith('/')) {
              await outputOf(action, { ...below, one_file_system: true }, userland);
              continue;
            }
            const itself = await perform(action, { paths: [at], ...nothing }, userland);
            assert.match(itself.status === 'failed' ? itself.error : '', /belongs to the system/, source);
          } finally {
            spawnSync('umount', [at]);
          }
        }
        assert.deepEqual(left(), ['root/file']);
      });

      it('enters what is mounted below and belongs to nobody else', async function () {
        place('elsewhere/file');
        const at = join(top, 'root', 'at');
        mkdirSync(at, { recursive: true });
        if (spawnSync('mount', ['--bind', join(top, 'elsewhere'), at]).status !== 0) skip(this, 'needs root, to mount');
        try {
          await outputOf(action, { paths: [join(top, 'root')], ...OLD, one_file_system: false }, userland);
          assert.deepEqual(left(), []);
        } finally {
          spawnSync('umount', [at]);
        }
      });

      it('leaves a file alone that is open by a name elsewhere', async () => {
        const elsewhere = place('elsewhere/open');
        mkdirSync(join(top, 'in'));
        linkSync(elsewhere, join(top, 'in/other-name'));
        const file = openSync(elsewhere, 'r');
        const output = await outputOf(action, { paths: [join(top, 'in')], ...OLD }, userland);
        closeSync(file);
        assert.deepEqual([output['removed'], output['left']], [0, 1]);
      });

      it('counts the space of a file with several names only when its last one goes', async () => {
        const file = place('in/one');
        linkSync(file, join(top, 'kept'));
        const output = await outputOf(action, { paths: [join(top, 'in')], ...OLD }, userland);
        assert.deepEqual([output['removed'], output['freed_bytes'], left()], [1, 0, ['kept']]);
      });

      it('does not follow a folder that is replaced by a link, at whatever moment', async () => {
        place('outside/kept');
        const front = join(top, 'bin');
        mkdirSync(front);
        for (let moment = 1; moment <= 7; moment++) {
          rmSync(join(top, 'in'), { recursive: true, force: true });
          rmSync(join(top, 'moved'), { recursive: true, force: true });
          place('in/victim/file');
          place('in/other/file');
          const swap = `#!/bin/sh
PATH=${userland.path}
echo call >>'${top}/calls'
if [ "$(grep -c . '${top}/calls')" = ${moment} ]; then mv '${top}/in/victim' '${top}/moved' && ln -s '${top}/outside' '${top}/in/victim'; fi
exec stat "$@"
`;
          writeFileSync(join(front, 'stat'), swap);
          chmodSync(join(front, 'stat'), 0o755);
          await perform(action, { paths: [join(top, 'in')], ...OLD }, userland, front);
          rmSync(join(top, 'calls'));
          assert.ok(left().includes('outside/kept'), `moment ${moment}`);
          if (moment <= 3) assert.ok(left().includes('in/victim'), `nothing was swapped at moment ${moment}`);
        }
      });

      it('refuses folders of the system, by whatever name, and removes nothing then', async () => {
        place('mine/file');
        symlinkSync('/usr/share', join(top, 'link'));
        for (const bad of ['/', '/usr/share/doc/../..', '/etc/apt', '/var', join(top, 'link')]) {
          const result = await perform(
            action,
            { paths: [join(top, 'mine'), bad], patterns: ['no-such-name'] },
            userland,
          );
          assert.equal(result.status, 'failed', bad);
          assert.match(
            result.status === 'failed' ? result.error : '',
            /belongs to the system.*nothing was removed/,
            bad,
          );
        }
        assert.equal(existsSync(join(top, 'mine/file')), true);
      });
    });
  }

  it('is not written without saying which files, or for folders of the system', () => {
    const complaint = (params: object): string | undefined => action.conflict?.(params as never);
    assert.match(complaint({ paths: ['/tmp'] }) ?? '', /patterns, older_than or both/);
    for (const path of ['/', '//', '/usr', '/var/lib/dpkg/info', '/home/', '/srv/../etc/cron.d', '/var/lib/.'])
      assert.match(complaint({ paths: ['/tmp', path], ...OLD }) ?? '', /belongs to the system/, path);
    for (const path of ['', '/tmp', '/var/log', '/home/app/cache', '/usrlocal', '/opt/app/tmp'])
      assert.equal(complaint({ paths: [path], ...OLD }), undefined, path);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .toSorted();
}
