import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { action as restoring } from '../../src/actions/apache_config_restore.ts';
import { action } from '../../src/actions/apache_former_config.ts';
import type { JsonObject } from '../../src/util/json.ts';
import type { FormerConfig } from '../../src/actions/support/apache-former.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { fakeApache, writeFiles } from './support/fake-apache.ts';
import { FileRig, localHands } from './support/file-rig.ts';
import { runScript } from './support/run-script.ts';
import { busyBoxOnly, shells } from './support/shells.ts';

const isRoot = process.getuid?.() === 0;
const SHOP = 'conf.d/shop.conf';
const BAD = 'NoSuchDirective\n';

for (const name of ['dash', 'bash', 'busybox'] as const) {
  const shell = shells().find((candidate) => candidate.name === name);

  describe(`former versions of a configuration, in ${name}`, () => {
    let top: string;
    let root: string;
    let path: string;
    let rig: FileRig;

    beforeEach(function () {
      if (shell === undefined) return skip(this, `no ${name} on this machine`);
      if (!isRoot) return skip(this, 'needs root');
      top = mkdtempSync('/root/runbook-apache-');
      root = join(top, 'httpd');
      fakeApache(join(top, 'bin'), root, '2.4.57');
      writeFiles(root, { 'conf/httpd.conf': 'Listen 80\nInclude conf.d/*.conf\n', [SHOP]: BAD });
      const tools = name === 'busybox' ? busyBoxOnly(mkdtempSync(join(top, 'busybox-'))) : process.env['PATH'];
      path = `${join(top, 'bin')}:${tools}`;
      rig = new FileRig(localHands(shell, join(top, 'store'), path));
    });
    afterEach(() => {
      if (shell !== undefined && isRoot) rmSync(top, { recursive: true, force: true });
    });

    const at = (file: string): string => join(root, file);
    /** Writes versions, the first one the oldest. */
    const versions = (files: Readonly<Record<string, string>>): void => {
      writeFiles(root, files);
      Object.keys(files).forEach((file, day) => utimesSync(at(file), 1_790_000_000, 1_790_000_000 + day * 86_400));
    };
    const look = async (context = contextOf()): Promise<FormerConfig> => {
      const { work } = action;
      if (work.kind !== 'script' || shell === undefined) return assert.fail('not a script');
      const result = work.interpret(
        await runScript(work.compose({} as never, context), shell, path),
        {} as never,
        context,
      );
      return result.status === 'failed' ? assert.fail(result.error) : (result.output as unknown as FormerConfig);
    };
    const files = (): string =>
      execFileSync('sh', ['-c', 'find . -type f -exec sha256sum {} + | sort'], { cwd: root, encoding: 'utf8' });
    const mounts = (): readonly string[] =>
      readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .filter((line) => line.includes(top) || /^\S+ \/(mnt|media|srv|opt|var\/tmp|dev\/shm) /.test(line));
    const chosen = ({ restore }: FormerConfig): readonly string[] =>
      restore.map(({ version }) => version.replace(`${root}/`, ''));

    it('are tested the newest first, out of sight, until one parses', async () => {
      versions({
        [`${SHOP}.2026-01-01`]: '# older, and good\n',
        [`${SHOP}.bak`]: '# good\n',
        [`${SHOP}.orig`]: `${BAD}${BAD}`,
        [`${SHOP}~`]: BAD,
      });
      const before = [files(), mounts()];
      const seen = await look();
      assert.deepEqual([files(), mounts()], before);
      assert.deepEqual(chosen(seen), [`${SHOP}.bak`]);
      assert.deepEqual(
        seen.versions.map(({ version, passes, complaint }) => [version, passes, complaint]),
        [
          [
            at(`${SHOP}.orig`),
            false,
            `AH00526: Syntax error on line 1 of ${at(SHOP)}: Invalid command 'NoSuchDirective'`,
          ],
          [at(`${SHOP}.bak`), true, ''],
        ],
      );
      const [{ modified } = assert.fail()] = seen.restore;
      assert.equal(modified, new Date(1_790_086_400_000).toISOString().replace('.000', ''));
    });

    it('are put in place with mode and owner of the broken file, and the broken one comes back whole', async () => {
      versions({ [`${SHOP}~`]: '# good\n' });
      chmodSync(at(SHOP), 0o640);
      chownSync(at(SHOP), 0, 1);
      const broken = lstatSync(at(SHOP)).ino;
      const params = { restore: (await look()).restore } as unknown as JsonObject;
      const end = await rig.run(restoring, params);
      if (end.status !== 'changed') return assert.fail(JSON.stringify(end));
      assert.deepEqual(end.output, { restored: [at(SHOP)] });
      const { mode, gid, ino } = lstatSync(at(SHOP));
      assert.deepEqual(
        [readFileSync(at(SHOP), 'utf8'), mode & 0o777, gid, ino === broken],
        ['# good\n', 0o640, 1, false],
      );
      assert.deepEqual(await rig.run(restoring, params), { status: 'ok', output: { restored: [] } });
      assert.deepEqual(await rig.undo(end.change.undo), ['changed']);
      assert.equal(lstatSync(at(SHOP)).ino, broken);
    });

    it('are found for two broken files, and both or none are put in place', async () => {
      versions({ 'conf.d/intra.conf': BAD, 'conf.d/intra.conf.old': '# good\n', [`${SHOP}.save`]: '# good\n' });
      const seen = await look();
      assert.deepEqual(chosen(seen), ['conf.d/intra.conf.old', `${SHOP}.save`]);
      assert.ok(seen.broken.every(({ restorable }) => restorable));
      const [first = assert.fail()] = seen.restore;
      const half = await rig.run(restoring, { restore: [first] });
      assert.equal(half.status, 'failed');
      assert.match(
        half.status === 'failed' ? half.error : '',
        /^put back, for Apache's configuration does not parse with it/,
      );
      assert.equal(readFileSync(at('conf.d/intra.conf'), 'utf8'), BAD);
      const both = await rig.run(restoring, { restore: seen.restore });
      assert.equal(both.status, 'changed');
    });

    it('are no use when one of two broken files has none', async () => {
      versions({ 'conf.d/intra.conf': BAD, 'conf.d/intra.conf.old': '# good\n' });
      const seen = await look();
      assert.deepEqual(seen.restore, []);
      assert.deepEqual(
        seen.broken.map(({ path: file, restorable, passes_without: without }) => [file, restorable, without]),
        [
          [at('conf.d/intra.conf'), true, false],
          [at(SHOP), false, true],
        ],
      );
    });

    it('are not looked for by leaving the main file out', async () => {
      writeFiles(root, { 'conf/httpd.conf': `Listen 80\nInclude conf.d/*.conf\n${BAD}`, [SHOP]: '# good\n' });
      const { restore, broken } = await look();
      assert.deepEqual(
        [restore, broken.map(({ path: file, passes_without: without }) => [file, without])],
        [[], [[at('conf/httpd.conf'), false]]],
      );
    });

    it('lie beside the real file when Apache reads it by a link, and the command that leaves it out is told', async () => {
      writeFiles(root, {
        'conf/httpd.conf': 'Listen 80\nInclude sites-enabled/*.conf\n',
        'sites-available/shop.conf': BAD,
      });
      mkdirSync(at('sites-enabled'));
      symlinkSync('../sites-available/shop.conf', at('sites-enabled/shop.conf'));
      const none = await look();
      const [{ path: file, included_as: link, passes_without: without, disable } = assert.fail()] = none.broken;
      assert.deepEqual(
        [file, link, without, disable],
        [at('sites-available/shop.conf'), at('sites-enabled/shop.conf'), true, 'a2dissite shop'],
      );
      versions({ 'sites-available/shop.conf.bak': '# good\n' });
      const end = await rig.run(restoring, { restore: (await look()).restore });
      assert.equal(end.status, 'changed');
      assert.ok(lstatSync(at('sites-enabled/shop.conf')).isSymbolicLink());
    });

    it('are not what never was in place, what is empty, a link, or what others may write', async () => {
      const good = '# good\n';
      versions({
        [`${SHOP}.dpkg-dist`]: good,
        [`${SHOP}.rpmnew`]: good,
        [`${SHOP}.swp`]: good,
        [`${SHOP}.old`]: '',
        [`${SHOP}.bak`]: `${good}1`,
        [`${SHOP}.orig`]: `${good}2`,
        [`${SHOP}.save`]: `${good}3`,
      });
      chmodSync(at(`${SHOP}.bak`), 0o666);
      chownSync(at(`${SHOP}.orig`), 1234, 1234);
      rmSync(at(`${SHOP}.save`));
      symlinkSync('/etc/hostname', at(`${SHOP}.save`));
      const { versions: tried, restore, broken } = await look();
      assert.deepEqual([tried, restore, broken.length], [[], [], 1]);
    });

    it('are commits of a repository, too', async function () {
      try {
        execFileSync('git', ['--version']);
      } catch {
        return skip(this, 'no git on this machine');
      }
      if (name === 'busybox') return skip(this, 'a host with nothing but BusyBox has no git');
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, stdio: 'pipe' });
      git('init', '-q');
      for (const [text, day] of [
        ['# first\n', '01'],
        ['# good\n', '02'],
        [BAD, '03'],
      ] as const) {
        writeFileSync(at(SHOP), text);
        git('add', '.');
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', day], {
          cwd: root,
          env: { ...process.env, GIT_COMMITTER_DATE: `2026-11-${day}T00:00:00Z` },
        });
      }
      const seen = await look();
      assert.match(seen.restore[0]?.version ?? '', /^git:[0-9a-f]{40}:conf\.d\/shop\.conf$/);
      assert.equal(seen.restore[0]?.modified, '2026-11-02T00:00:00Z');
      const end = await rig.run(restoring, { restore: seen.restore });
      assert.equal(end.status, 'changed');
      assert.equal(readFileSync(at(SHOP), 'utf8'), '# good\n');
    });

    it('are not put in place once they changed since the test, or are gone', async () => {
      versions({ [`${SHOP}~`]: '# good\n' });
      const params = { restore: (await look()).restore } as unknown as JsonObject;
      writeFileSync(at(`${SHOP}~`), '# good, and more\n');
      const changed = await rig.run(restoring, params);
      assert.deepEqual(changed, {
        status: 'failed',
        error: `${at(`${SHOP}~`)} changed since it was tested: diagnose again`,
        untouched: true,
      });
      rmSync(at(`${SHOP}~`));
      const gone = await rig.run(restoring, params);
      assert.deepEqual(gone, {
        status: 'failed',
        error: `${at(`${SHOP}~`)} is not there any more: diagnose again`,
        untouched: true,
      });
      assert.equal(readFileSync(at(SHOP), 'utf8'), BAD);
    });

    it('are not looked for when the configuration parses', async () => {
      versions({ [SHOP]: '# good\n', [`${SHOP}~`]: '# other\n' });
      assert.deepEqual(await look(), { complaint: '', broken: [], restore: [], versions: [], trouble: '' });
    });
  });
}
