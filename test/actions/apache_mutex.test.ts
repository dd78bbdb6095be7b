import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { action } from '../../src/actions/apache_mutex.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { fakeApache, writeFiles } from './support/fake-apache.ts';
import { FileRig, localHands, type FileStep } from './support/file-rig.ts';
import { busyBoxOnly, shells } from './support/shells.ts';

const isRoot = process.getuid?.() === 0;
const FILE = { mechanism: 'file' };
const MAIN = 'conf/httpd.conf';

for (const name of ['dash', 'bash', 'busybox'] as const) {
  const shell = shells().find((candidate) => candidate.name === name);

  describe(`the mutex of Apache, changed in ${name}`, () => {
    let top: string;
    let root: string;
    let rig: FileRig;

    beforeEach(function () {
      if (shell === undefined) return skip(this, `no ${name} on this machine`);
      if (!isRoot) return skip(this, 'needs root');
      top = mkdtempSync('/root/runbook-apache-');
      root = join(top, 'httpd');
      fakeApache(join(top, 'bin'), root, '2.4.57');
      writeFiles(root, {
        [MAIN]: 'Listen 80\nListen 8080\nInclude conf.d/*.conf\n',
        'conf.d/welcome.conf': '# hello\n',
      });
      const path = name === 'busybox' ? busyBoxOnly(mkdtempSync(join(top, 'busybox-'))) : process.env['PATH'];
      rig = new FileRig(localHands(shell, join(top, 'store'), `${join(top, 'bin')}:${path}`));
    });
    afterEach(() => {
      if (shell !== undefined && isRoot) rmSync(top, { recursive: true, force: true });
    });

    const text = (path: string): string => readFileSync(join(root, path), 'utf8');
    const inode = (path: string): number => lstatSync(join(root, path)).ino;
    const changed = async (params: JsonObject): Promise<Extract<FileStep, { status: 'changed' }>> => {
      const end = await rig.run(action, params);
      return end.status === 'changed' ? end : assert.fail(JSON.stringify(end));
    };
    const failed = async (params: JsonObject): Promise<string> => {
      const end = await rig.run(action, params);
      return end.status === 'failed' ? end.error : assert.fail(end.status);
    };

    it('is written into a file of its own, and undone', async () => {
      const { output, change } = await changed(FILE);
      assert.deepEqual(output, { file: join(root, 'conf.d/runbook-mutex.conf'), before: 'default' });
      assert.match(text('conf.d/runbook-mutex.conf'), /^# .*\nMutex file default\n$/);
      assert.deepEqual(await rig.run(action, FILE), { status: 'ok', output: { file: '', before: 'fcntl' } });
      assert.deepEqual(await rig.undo(change.undo), ['changed']);
      assert.equal(existsSync(join(root, 'conf.d/runbook-mutex.conf')), false);
    });

    it('is enabled by a link, as a2enconf makes it, where there are folders for that', async () => {
      writeFiles(root, { 'conf-available/other.conf': '', 'conf-enabled/other.conf': '' });
      writeFileSync(join(root, MAIN), 'Listen 80\nInclude conf-enabled/*.conf\n');
      const { change } = await changed(FILE);
      const link = join(root, 'conf-enabled/runbook-mutex.conf');
      assert.equal(readlinkSync(link), '../conf-available/runbook-mutex.conf');
      assert.match(change.differences.at(-1)?.lines[0] ?? '', /^link to /);
      assert.deepEqual(await rig.undo(change.undo), ['changed', 'changed']);
      assert.equal(lstatSync(link, { throwIfNoEntry: false }), undefined);
    });

    it('is replaced in the line that decides; the undo brings back the very file', async () => {
      const before = 'Mutex sysvsem mpm-accept default';
      writeFiles(root, { 'conf.d/tuning.conf': before });
      const old = inode('conf.d/tuning.conf');
      const { change } = await changed({ mechanism: 'file', dir: root });
      assert.equal(text('conf.d/tuning.conf'), `Mutex file:${root} mpm-accept default`);
      assert.deepEqual(await rig.undo(change.undo), ['changed']);
      assert.deepEqual([text('conf.d/tuning.conf'), inode('conf.d/tuning.conf')], [before, old]);
    });

    it('is put back when Apache does not read the file that was written', async () => {
      writeFileSync(join(root, MAIN), 'Listen 80\n');
      assert.match(await failed(FILE), /^put back, for Apache would still use default: does it read the file/);
      assert.equal(existsSync(join(root, 'conf.d/runbook-mutex.conf')), false);
    });

    if (name !== 'dash') return;

    it('is written into two files, all or none, when accept has a line elsewhere', async () => {
      writeFiles(root, { 'conf.d/a.conf': 'Mutex sysvsem default\n', 'conf.d/b.conf': 'Mutex sysvsem mpm-accept\n' });
      const { change } = await changed({ mechanism: 'posixsem' });
      assert.deepEqual(
        [text('conf.d/a.conf'), text('conf.d/b.conf')],
        ['Mutex posixsem default\n', 'Mutex posixsem mpm-accept\n'],
      );
      assert.deepEqual(await rig.undo(change.undo), ['changed', 'changed']);
      assert.equal(text('conf.d/b.conf'), 'Mutex sysvsem mpm-accept\n');
    });

    it('is left alone when Apache refuses the directive, before anything is written', async () => {
      const error = await failed({ mechanism: 'pthread' });
      assert.match(error, /^Apache refuses Mutex pthread default: .*Invalid Mutex argument pthread/);
      assert.equal(existsSync(join(root, 'conf.d/runbook-mutex.conf')), false);
    });

    it('is left alone when the configuration is broken, or broken since it was looked at', async () => {
      const prepared = await rig.prepare(action, FILE);
      writeFileSync(join(root, MAIN), 'Listen 80\nNoSuchDirective\n');
      assert.match(
        await failed(FILE),
        /^Apache's configuration does not parse, and that comes first: .*NoSuchDirective/,
      );
      const end = await rig.change(prepared.kind === 'change' ? prepared : assert.fail(prepared.kind));
      assert.ok(end.status === 'failed' && end.untouched);
      assert.match(end.error, /does not parse, and that comes first: .*Invalid command 'NoSuchDirective'/);
    });

    it('is left alone when the directory for its file is missing, or is none', async () => {
      assert.match(
        await failed({ mechanism: 'file', dir: join(root, 'none') }),
        /^there is no directory .*none for the lock/,
      );
      assert.match(await failed({ mechanism: 'file', dir: join(root, MAIN) }), /is no directory: name another/);
    });

    it('is left alone where something else has the name of the link', async () => {
      writeFiles(root, { 'conf-available/other.conf': '', 'conf-enabled/runbook-mutex.conf': '# by hand\n' });
      assert.match(await failed(FILE), /conf-enabled\/runbook-mutex\.conf is in the way/);
    });

    it('is AcceptMutex at the end of the main file of Apache 2.2', async () => {
      fakeApache(join(top, 'bin'), root, '2.2.15');
      writeFileSync(join(root, MAIN), 'Listen 80\nLockFile logs/accept.lock\n');
      const { output, change } = await changed(FILE);
      assert.equal(text(MAIN), 'Listen 80\nLockFile logs/accept.lock\nAcceptMutex fcntl\n');
      assert.deepEqual(output, { file: join(root, MAIN), before: 'default' });
      assert.equal((await rig.run(action, FILE)).status, 'ok');
      assert.deepEqual(await rig.undo(change.undo), ['changed']);
      assert.equal(text(MAIN), 'Listen 80\nLockFile logs/accept.lock\n');
    });

    it('fails where there is no Apache', async () => {
      rmSync(join(top, 'bin'), { recursive: true });
      mkdirSync(join(top, 'bin'));
      assert.equal(await failed(FILE), 'there is no Apache on this host');
    });
  });
}
