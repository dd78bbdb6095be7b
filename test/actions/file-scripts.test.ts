import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { action as blockinfile } from '../../src/actions/blockinfile.ts';
import { action as copy } from '../../src/actions/copy.ts';
import { action as file } from '../../src/actions/file.ts';
import { action as iniFile } from '../../src/actions/ini_file.ts';
import { action as lineinfile } from '../../src/actions/lineinfile.ts';
import { action as replace } from '../../src/actions/replace.ts';
import type { Action } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { FileRig, localHands, type FileStep } from './support/file-rig.ts';
import { busyBoxOnly, shells } from './support/shells.ts';

const isRoot = process.getuid?.() === 0;

for (const name of ['dash', 'bash', 'busybox'] as const) {
  const shell = shells().find((candidate) => candidate.name === name);

  describe(`the change of a file in ${name}`, () => {
    let top: string;
    let folder: string;
    let rig: FileRig;
    const at = (path: string): string => join(folder, path);
    const text = (path: string): string => readFileSync(at(path), 'latin1');

    beforeEach(function () {
      if (shell === undefined) return skip(this, `no ${name} on this machine`);
      if (!isRoot) return skip(this, 'needs root');
      // Not in /tmp, which every user may write to.
      top = mkdtempSync('/root/runbook-files-');
      folder = join(top, 'etc');
      mkdirSync(folder);
      const path = name === 'busybox' ? busyBoxOnly(mkdtempSync(join(top, 'bin-'))) : undefined;
      rig = new FileRig(localHands(shell, join(top, 'store'), path));
    });
    afterEach(() => {
      if (shell !== undefined && isRoot) rmSync(top, { recursive: true, force: true });
    });

    const changed = async (action: Action, params: JsonObject): Promise<Extract<FileStep, { status: 'changed' }>> => {
      const end = await rig.run(action, params);
      return end.status === 'changed' ? end : assert.fail(JSON.stringify(end));
    };
    const refused = async (action: Action, params: JsonObject, why: RegExp): Promise<void> => {
      const before = listing(folder);
      const end = await rig.run(action, params);
      assert.ok(end.status === 'failed', JSON.stringify(end));
      assert.match(end.error, why);
      assert.equal(end.untouched, true);
      assert.deepEqual(listing(folder), before);
    };

    it('makes a file, and its undo removes it', async () => {
      const end = await changed(copy, { dest: at('new'), content: 'one\n' });
      assert.equal(text('new'), 'one\n');
      assert.equal(statSync(at('new')).mode & 0o7777, 0o644);
      assert.deepEqual(end.change.differences[0]?.content, { before: undefined, after: 'one\n' });
      assert.deepEqual(await rig.undo(end.change.undo), ['changed']);
      assert.deepEqual(readdirSync(folder), []);
      assert.deepEqual(await rig.undo(end.change.undo), ['ok']);
    });

    it('finds nothing to do where all is so already, and leaves no trace then', async () => {
      await changed(copy, { dest: at('new'), content: 'one\n', mode: '0640' });
      const before = statSync(at('new'));
      assert.equal(
        (await rig.run(copy, { dest: at('new'), content: 'one\n', mode: '640', owner: 'root' })).status,
        'ok',
      );
      assert.equal(statSync(at('new')).ino, before.ino);
      assert.deepEqual(readdirSync(folder), ['new']);
      assert.equal(existsSync(join(top, 'store')), false);
    });

    it('keeps mode and owner, and its undo brings back the very file', async () => {
      writeFileSync(at('conf'), 'a = 1\nb = 2\n', { mode: 0o640 });
      chownSync(at('conf'), 12, 34);
      chmodSync(at('conf'), 0o4750);
      utimesSync(at('conf'), 1_000_000_000, 1_000_000_000);
      const before = statSync(at('conf'));
      const end = await changed(lineinfile, { path: at('conf'), regexp: '^b =', line: 'b = 3' });
      const now = statSync(at('conf'));
      assert.equal(text('conf'), 'a = 1\nb = 3\n');
      assert.deepEqual([now.mode, now.uid, now.gid], [before.mode, 12, 34]);
      assert.deepEqual(await rig.undo(end.change.undo), ['changed']);
      const after = statSync(at('conf'));
      assert.deepEqual(
        [after.ino, after.mode, after.uid, after.gid, after.mtimeMs],
        [before.ino, before.mode, 12, 34, before.mtimeMs],
      );
      assert.equal(text('conf'), 'a = 1\nb = 2\n');
      assert.deepEqual(readdirSync(folder), ['conf']);
    });

    it('sets mode and owner alone in place', async () => {
      writeFileSync(at('conf'), 'x', { mode: 0o600 });
      mkdirSync(at('dir'));
      chmodSync(at('dir'), 0o2755);
      const before = statSync(at('conf'));
      const steps = [
        await changed(copy, { dest: at('conf'), content: 'x', mode: '0644', owner: '12', group: '34' }),
        await changed(file, { path: at('dir'), state: 'directory', mode: '0700' }),
      ];
      const now = statSync(at('conf'));
      assert.deepEqual([now.ino, now.mode & 0o7777, now.uid, now.gid], [before.ino, 0o644, 12, 34]);
      assert.equal(statSync(at('dir')).mode & 0o7777, 0o700);
      assert.deepEqual(steps[0]?.change.differences[0]?.lines, ['mode 0600 -> 0644', 'owner 0:0 -> 12:34']);
      for (const { change } of steps) assert.deepEqual(await rig.undo(change.undo), ['changed']);
      assert.equal(statSync(at('conf')).mode, before.mode);
      assert.equal(statSync(at('conf')).uid, 0);
      assert.equal(statSync(at('dir')).mode & 0o7777, 0o2755);
    });

    it('keeps every byte that it does not edit', async () => {
      const bytes = Buffer.from([...Array.from({ length: 256 }, (_, index) => index), 0x0a, 0x61, 0x0a]);
      writeFileSync(at('latin1'), bytes);
      const end = await changed(lineinfile, { path: at('latin1'), regexp: '^a$', line: 'ä \\n %s $(id) `id`' });
      const expected = Buffer.concat([bytes.subarray(0, 257), Buffer.from('ä \\n %s $(id) `id`\n')]);
      assert.ok(readFileSync(at('latin1')).equals(expected), text('latin1'));
      await rig.undo(end.change.undo);
      assert.ok(readFileSync(at('latin1')).equals(bytes));
      writeFileSync(at('nul'), Buffer.from([0xff, 0, 0x5c, 0x0a]));
      await changed(replace, { path: at('nul'), regexp: String.raw`\\`, replace: 'x\0y' });
      assert.ok(readFileSync(at('nul')).equals(Buffer.from([0xff, 0, 0x78, 0, 0x79, 0x0a])));
    });

    it('writes text of any kind', async () => {
      const content = '-n größe 😀 \\n\\0101 %s %% $(id) `id` "\'\n\r\n\ttab\u001b[31m\n\n';
      await changed(copy, { dest: at("a b'c $(d)"), content });
      assert.equal(readFileSync(at("a b'c $(d)"), 'utf8'), content);
      await changed(copy, { dest: at('-rf'), content: '' });
      assert.equal(text('-rf'), '');
    });

    it('edits a file of a mebibyte, and no larger one', async () => {
      const line = `${'x'.repeat(1023)}\n`;
      writeFileSync(at('large'), line.repeat(1024));
      await changed(lineinfile, { path: at('large'), line: 'end' });
      assert.equal(text('large'), `${line.repeat(1024)}end\n`);
      await refused(lineinfile, { path: at('large'), line: 'more' }, /larger than 1 MiB/);
      await changed(copy, { dest: at('large'), content: 'small\n' });
      assert.equal(text('large'), 'small\n');
    });

    it('changes nothing when the file is not as it was seen', async () => {
      const others: readonly (() => void)[] = [
        () => writeFileSync(at('conf'), 'c\n'),
        () => chmodSync(at('conf'), 0o600),
        () => rmSync(at('conf')),
        () => (writeFileSync(at('new'), 'a\n', { mode: 0o644 }), renameSync(at('new'), at('conf'))),
        () => (rmSync(at('conf')), symlinkSync('/etc/passwd', at('conf'))),
        () => (rmSync(at('conf')), mkdirSync(at('conf'))),
      ];
      for (const other of others) {
        rmSync(at('conf'), { recursive: true, force: true });
        writeFileSync(at('conf'), 'a\n', { mode: 0o644 });
        const prepared = await rig.prepare(lineinfile, { path: at('conf'), line: 'b' });
        assert.ok(prepared.kind === 'change');
        other();
        const before = listing(folder);
        const end = await rig.change(prepared);
        assert.deepEqual(end, {
          status: 'failed',
          error: `${at('conf')} changed since it was looked at`,
          untouched: true,
        });
        assert.deepEqual(listing(folder), before);
      }
      const prepared = await rig.prepare(copy, { dest: at('late'), content: 'ours' });
      assert.ok(prepared.kind === 'change');
      writeFileSync(at('late'), 'theirs');
      assert.equal((await rig.change(prepared)).status, 'failed');
      assert.equal(text('late'), 'theirs');
    });

    it('leaves alone in its undo what somebody else changed since', async () => {
      writeFileSync(at('conf'), 'a\n');
      const end = await changed(lineinfile, { path: at('conf'), line: 'b' });
      writeFileSync(at('conf'), 'mine\n');
      const [said] = await rig.undo(end.change.undo);
      assert.match(
        said ?? '',
        /^\S+ was changed by somebody else since: it is left as it is; its former content is in (\S+)$/,
      );
      assert.equal(text('conf'), 'mine\n');
      assert.equal(readFileSync(/\S+$/.exec(said ?? '')?.[0] ?? '', 'utf8'), 'a\n');
      const made = await changed(file, { path: at('dir'), state: 'directory' });
      writeFileSync(at('dir/inside'), '');
      assert.match((await rig.undo(made.change.undo))[0] ?? '', /was not put back: Directory not empty$/);
    });

    it('puts in place only what its check accepts', async () => {
      writeFileSync(at('conf'), 'good\n', { mode: 0o600 });
      const validate = ['sh', '-c', 'grep -q good "$1" || { echo "no good in it" >&2; exit 1; }', 'sh', '%s'];
      await refused(copy, { dest: at('conf'), content: 'bad\n', validate }, /was refused by sh: no good in it$/);
      await changed(copy, { dest: at('conf'), content: 'very good\n', validate });
      await refused(copy, { dest: at('conf'), content: 'x', validate: ['exit', '%s'] }, /was refused by exit/);
      await refused(
        copy,
        { dest: at('conf'), content: 'x', validate: ['/no/such', '%s'] },
        /cannot be tested: the host has no \/no\/such$/,
      );
      await refused(
        copy,
        { dest: at('conf'), content: 'x', validate: ['grep', '-q', 'y', '%s'] },
        /was refused by grep: exit code 1$/,
      );
    });

    it('edits through a link to a file in the same directory, and no other link', async () => {
      writeFileSync(at('real'), 'a\n');
      symlinkSync('real', at('link'));
      symlinkSync('../etc/real', at('away'));
      symlinkSync('loop', at('loop'));
      const end = await changed(lineinfile, { path: at('link'), line: 'b' });
      assert.equal(end.output['path'], at('real'));
      assert.equal(text('real'), 'a\nb\n');
      assert.ok(lstatSync(at('link')).isSymbolicLink());
      await refused(
        lineinfile,
        { path: at('away'), line: 'b' },
        /is a link to \.\.\/etc\/real: name that file instead$/,
      );
      await refused(lineinfile, { path: at('loop'), line: 'b' }, /too many links/);
      symlinkSync(folder, join(top, 'through'));
      await changed(lineinfile, { path: join(top, 'through', 'real'), line: 'c' });
      assert.equal(text('real'), 'a\nb\nc\n');
    });

    it('follows no link that others made, and trusts no directory that everybody may write to', async () => {
      writeFileSync(at('real'), 'a\n');
      symlinkSync('etc', join(top, 'theirs'));
      lchownSync(join(top, 'theirs'), 1234, 1234);
      await refused(
        lineinfile,
        { path: join(top, 'theirs', 'real'), line: 'b' },
        /its link \.\/theirs belongs to user 1234$/,
      );
      mkdirSync(at('open'));
      writeFileSync(at('open/f'), 'a\n');
      chmodSync(at('open'), 0o777);
      await refused(lineinfile, { path: at('open/f'), line: 'b' }, /every user may write to \S+open$/);
      chmodSync(at('open'), 0o1777);
      await changed(lineinfile, { path: at('open/f'), line: 'b' });
      chownSync(at('open/f'), 1234, 1234);
      await refused(lineinfile, { path: at('open/f'), line: 'c' }, /it belongs to user 1234/);
      symlinkSync('real', at('mine'));
      lchownSync(at('mine'), 1234, 1234);
      await refused(lineinfile, { path: at('mine'), line: 'b' }, /belongs to user 1234/);
    });

    it('says what is missing', async () => {
      await refused(
        copy,
        { dest: at('no/such/file'), content: '' },
        /there is no directory \S+\/etc\/no: make it first$/,
      );
      await refused(lineinfile, { path: at('no'), line: 'x' }, /there is no file \S+: create: true makes it$/);
      await refused(replace, { path: at('no'), regexp: 'x' }, /there is no file/);
      await refused(file, { path: at('no') }, /there is no file/);
      mkdirSync(at('dir'));
      await refused(copy, { dest: at('dir'), content: '' }, /is a directory/);
      await refused(
        copy,
        { dest: at('new'), content: '', owner: 'nobody-here' },
        /there is no user nobody-here on this host$/,
      );
      await refused(
        copy,
        { dest: at('new'), content: '', group: 'nobody-here' },
        /there is no group nobody-here on this host$/,
      );
      assert.equal((await rig.run(lineinfile, { path: at('no/x'), line: 'x', state: 'absent' })).status, 'ok');
    });

    it('says of a file of the kernel that it cannot be edited', async () => {
      await refused(
        lineinfile,
        { path: '/proc/sys/kernel/hostname', line: 'x' },
        /hostname does not hold as many bytes as its size says: it is being written, or of the kernel \(see sysctl\)$/,
      );
    });

    it('changes one file twice, and undoes both in reverse', async () => {
      writeFileSync(at('php.ini'), '[a]\nx = 1\n');
      const first = await changed(iniFile, { path: at('php.ini'), section: 'a', option: 'x', value: '2' });
      const second = await changed(blockinfile, { path: at('php.ini'), block: 'y = 3' });
      assert.equal(text('php.ini'), '[a]\nx = 2\n# BEGIN managed by runbook\ny = 3\n# END managed by runbook\n');
      assert.match((await rig.undo(first.change.undo))[0] ?? '', /changed by somebody else/);
      assert.deepEqual(await rig.undo(second.change.undo), ['changed']);
      assert.deepEqual(await rig.undo(first.change.undo), ['changed']);
      assert.equal(text('php.ini'), '[a]\nx = 1\n');
    });

    it('makes and removes files, directories and links', async () => {
      writeFileSync(at('f'), 'x\n');
      symlinkSync('f', at('l'));
      mkdirSync(at('d'));
      chmodSync(at('d'), 0o1770);
      const before = listing(folder);
      const steps = [
        await changed(file, { path: at('f'), state: 'absent' }),
        await changed(file, { path: at('l'), state: 'link', src: '/somewhere else' }),
        await changed(file, { path: at('d'), state: 'absent' }),
        await changed(file, { path: at('n'), state: 'link', src: 'd' }),
        await changed(file, { path: at('a/b/c'), state: 'directory', mode: '0711', owner: '12' }),
      ];
      assert.deepEqual(readdirSync(folder).toSorted(), ['a', 'l', 'n']);
      assert.equal(readlinkSync(at('l')), '/somewhere else');
      assert.deepEqual([statSync(at('a/b')).mode & 0o7777, statSync(at('a/b/c')).uid], [0o711, 12]);
      for (const params of [
        { path: at('f'), state: 'absent' },
        { path: at('n'), state: 'link', src: 'd' },
      ]) {
        assert.equal((await rig.run(file, params)).status, 'ok');
      }
      for (const { change } of steps.toReversed()) {
        assert.deepEqual(new Set(await rig.undo(change.undo)), new Set(['changed']));
      }
      assert.deepEqual(listing(folder), before);
      await changed(file, { path: at('l'), state: 'absent' });
      assert.equal(existsSync(at('f')), true);
      writeFileSync(at('d/inside'), '');
      await refused(file, { path: at('d'), state: 'absent' }, /cannot remove \S+: Directory not empty$/);
    });

    it('keeps no second name of a file that is back, or that was never changed', async () => {
      writeFileSync(at('f'), 'x\n');
      const kept = join(top, 'store/kept');
      const end = await changed(copy, { dest: at('f'), content: 'y\n' });
      assert.equal(readdirSync(kept).length, 1);
      assert.deepEqual(await rig.undo(end.change.undo), ['changed']);
      assert.deepEqual([statSync(at('f')).nlink, readdirSync(kept)], [1, []]);
      assert.deepEqual(await rig.undo(end.change.undo), ['ok']);
      await refused(copy, { dest: at('f'), content: 'z\n', validate: ['false', '%s'] }, /refused by false/);
      assert.deepEqual([statSync(at('f')).nlink, readdirSync(kept)], [1, []]);
    });

    it('removes what it kept a week ago', async () => {
      writeFileSync(at('f'), 'x\n');
      await changed(copy, { dest: at('f'), content: 'y\n' });
      const [old = ''] = readdirSync(join(top, 'store/kept'));
      utimesSync(join(top, 'store/kept', old), 1_000_000_000, 1_000_000_000);
      await changed(copy, { dest: at('f'), content: 'z\n' });
      assert.equal(readdirSync(join(top, 'store/kept')).includes(old), false);
      chmodSync(join(top, 'store/kept'), 0o755);
      await refused(
        copy,
        { dest: at('f'), content: 'w\n' },
        /is not safe to keep the original in: it has mode drwxr-xr-x and owner 0$/,
      );
    });
  });
}

/** All there is below a folder, with everything of it but times, and inodes of what is no file. */
function listing(folder: string): readonly unknown[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const stat = lstatSync(join(folder, name));
      const { ino, mode, uid, gid, size } = stat;
      return stat.isFile() ? [name, mode, uid, gid, ino, size] : [name, mode, uid, gid];
    });
}
