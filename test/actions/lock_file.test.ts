import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { action as lockFile } from '../../src/actions/lock_file.ts';
import { action as lockFileRemove } from '../../src/actions/lock_file_remove.ts';
import { checkOutput } from '../../src/model/output.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { FileRig, localHands } from './support/file-rig.ts';
import { runScript } from './support/run-script.ts';
import { shells, type Shell } from './support/shells.ts';

/** More than a kernel gives out. */
const NOBODY = 9_999_999;
const WAIT = 'echo ready; sleep 600; :';

for (const name of ['dash', 'bash', 'busybox'] as const) {
  describe(`lock files in ${name}`, () => {
    const children: ChildProcess[] = [];
    let shell: Shell;
    let folder: string;
    let path: string;

    before(function () {
      if (process.getuid?.() !== 0) skip(this, 'needs root');
      shell = shells().find((candidate) => candidate.name === name) ?? skip(this, `no ${name} on this machine`);
    });

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'lock-file-'));
      path = join(folder, 'app.pid');
    });

    afterEach(() => {
      for (const { pid } of children.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      rmSync(folder, { recursive: true });
    });

    /** A process called `program`; resolves when it runs. */
    async function start(program: string, text = WAIT): Promise<number> {
      symlinkSync('/bin/sh', join(folder, program));
      return run(join(folder, program), ['-c', text]);
    }

    async function run(program: string, args: readonly string[]): Promise<number> {
      const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      await once(createInterface(child.stdout), 'line');
      return child.pid ?? assert.fail();
    }

    async function look(params: JsonObject = {}): Promise<JsonObject> {
      const { work, output } = lockFile;
      if (work.kind !== 'script') return assert.fail();
      const asked = { path, ...params };
      const answer = await runScript(work.compose(asked as never, contextOf()), shell);
      const result = work.interpret(answer, asked as never, contextOf());
      if (result.status === 'failed') return assert.fail(`${result.error} ${answer.stderr.text}`);
      assert.ok(checkOutput(output, result.output, {}).ok);
      assert.equal(answer.stderr.text, '');
      return result.output;
    }

    async function verdict(params: JsonObject = {}): Promise<readonly [unknown, unknown]> {
      const { stale, reason } = await look(params);
      return [stale, reason];
    }

    const written = (content: string): void => writeFileSync(path, content);
    const anHourAgo = (): void => utimesSync(path, Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);

    it('are stale when their owner is gone', async () => {
      written(`  ${NOBODY}\nmore\n`);
      anHourAgo();
      const { modified, ...found } = await look({ process: 'app' });
      assert.deepEqual(found, {
        ...{ path, exists: true, local: true, held: false, pid: NOBODY, owner_alive: false, owner_command: '' },
        ...{ age: '1h', size_bytes: 15, stale: true, reason: `its owner, pid ${NOBODY}, is gone` },
      });
      assert.equal(Date.parse(String(modified)), Math.floor(statSync(path).mtimeMs / 1000) * 1000);
    });

    it('are stale when a younger process has the pid', async () => {
      const pid = await start('app');
      written(`${pid}\n`);
      anHourAgo();
      const reason = `pid ${pid} is app now, which started after the file was written`;
      assert.deepEqual(await verdict({ process: 'app' }), [true, reason]);
    });

    it('are not stale while their owner lives', async () => {
      const pid = await start('app');
      written(String(pid));
      assert.deepEqual(await verdict({ process: 'app' }), [false, `its owner app (pid ${pid}) is alive`]);
      assert.deepEqual(await verdict(), [false, `its owner app (pid ${pid}) is alive`]);
      assert.deepEqual((await look())['owner_alive'], true);
    });

    it('are not stale while an older process with another name has the pid', async () => {
      const pid = await start('appd');
      written(String(pid));
      const [stale, reason] = await verdict({ process: 'app' });
      assert.equal(stale, false);
      assert.match(String(reason), /has run since before the file was written, but is called appd, not app/);
    });

    it('know a name that the kernel has cut off', async () => {
      const pid = await start('a-name-over-15-bytes');
      written(String(pid));
      assert.equal((await look({ process: 'a-name-over-15-bytes' }))['owner_alive'], true);
      assert.equal((await look({ process: 'a-name' }))['owner_alive'], false);
    });

    it('are held by whoever has them open, whatever pid is in them', async () => {
      written(`${NOBODY}\n`);
      anHourAgo();
      const pid = await start('other', `exec 3<"${path}"; ${WAIT}`);
      assert.deepEqual(await verdict({ process: 'app' }), [false, `other (pid ${pid}) has it open`]);
      assert.equal((await look())['held'], true);
    });

    it('are held by a lock without a pid', async () => {
      written('');
      anHourAgo();
      const pid = await run('flock', [path, 'sh', '-c', WAIT]);
      assert.deepEqual(await verdict({ process: 'app' }), [false, `flock (pid ${pid}) has it open`]);
    });

    it('that hold no pid belong to any process of that name', async () => {
      for (const content of ['', '\n', 'pid: 812\n', '{"pid":812}', '-812\n', '99999999999\n', '\0\0\0']) {
        written(content);
        anHourAgo();
        assert.equal((await look())['pid'], 0);
        assert.deepEqual(await verdict(), [false, 'it holds no pid: give the name of its owner as process']);
        const reason = 'it holds no pid, and no process called app-of-nobody runs';
        assert.deepEqual(await verdict({ process: 'app-of-nobody' }), [true, reason]);
      }
      const pid = await start('app-of-us');
      const reason = `it holds no pid, and app-of-us (pid ${pid}) runs, which may be its owner`;
      assert.deepEqual(await verdict({ process: 'app-of-us' }), [false, reason]);
    });

    it('are not stale when a container has the owner', async () => {
      const inner = 3_141_592;
      const set = `echo ${inner - 1} >/proc/sys/kernel/ns_last_pid; exec 1>&1; ${join(folder, 'app')} -c '${WAIT}' & wait`;
      symlinkSync('/bin/sh', join(folder, 'app'));
      await run('unshare', ['--pid', '--fork', '--mount-proc', 'sh', '-c', set]);
      written(`${inner}\n`);
      const [stale, reason] = await verdict({ process: 'app' });
      assert.equal(stale, false);
      assert.match(String(reason), /^its owner app \(pid 3141592\) is alive in a container, as pid \d+ here$/);
      assert.equal((await verdict({ process: 'another' }))[0], true);
    });

    it('are never links, directories or what is not there', async () => {
      const absent = { path, exists: false, local: true, held: false, pid: 0, size_bytes: 0, stale: false };
      const { reason, age, modified, owner_alive: alive, owner_command: command, ...found } = await look();
      assert.deepEqual([found, reason], [absent, 'there is no such file']);
      assert.deepEqual([age, modified, alive, command], ['0s', '1970-01-01T00:00:00Z', false, '']);
      symlinkSync(join(folder, 'nowhere'), path);
      const reasonOfLink = `it is a link to ${join(folder, 'nowhere')}: name that file instead`;
      assert.deepEqual(await verdict(), [false, reasonOfLink]);
      rmSync(path);
      mkdirSync(path);
      assert.deepEqual(await verdict(), [false, 'it is a directory']);
    });

    it('are not stale when they are too large for one', async () => {
      written(`${NOBODY}\n${'x'.repeat(70_000)}`);
      anHourAgo();
      const reason = 'it has 70008 bytes, too many for a pid or lock file: is it data?';
      assert.deepEqual(await verdict({ process: 'app' }), [false, reason]);
    });

    it('are told by their real path, whatever is in their name', async () => {
      mkdirSync(join(folder, "it's $(id)"));
      symlinkSync("it's $(id)", join(folder, 'link'));
      writeFileSync(join(folder, 'link', 'a b*'), `${NOBODY}\n`);
      const found = await look({ path: join(folder, 'link', 'a b*') });
      assert.deepEqual([found['path'], found['stale']], [join(folder, "it's $(id)", 'a b*'), true]);
    });

    describe('lock_file_remove', () => {
      let rig: FileRig;

      beforeEach(() => {
        rig = new FileRig(localHands(shell, join(folder, 'store')));
      });

      it('removes a stale file, and its undo brings that very file back', async () => {
        written(`${NOBODY}\n`);
        anHourAgo();
        const before = statSync(path, { bigint: true });
        const step = await rig.run(lockFileRemove, { path, process: 'app', pid: NOBODY });
        if (step.status !== 'changed') return assert.fail(JSON.stringify(step));
        assert.deepEqual(step.output, { removed: true, reason: `its owner, pid ${NOBODY}, is gone` });
        assert.equal(existsSync(path), false);
        assert.deepEqual(await rig.undo(step.change.undo), ['changed']);
        const after = statSync(path, { bigint: true });
        assert.deepEqual(
          [after.ino, after.mtimeNs, readFileSync(path, 'utf8')],
          [before.ino, before.mtimeNs, `${NOBODY}\n`],
        );
      });

      it('does not put it back over what a daemon has written since', async () => {
        written(`${NOBODY}\n`);
        const step = await rig.run(lockFileRemove, { path, pid: NOBODY });
        if (step.status !== 'changed') return assert.fail(JSON.stringify(step));
        written('77\n');
        assert.deepEqual(await rig.undo(step.change.undo), ['ok']);
        assert.equal(readFileSync(path, 'utf8'), '77\n');
      });

      it('leaves what is not stale, or holds another pid by now', async () => {
        const pid = await start('app');
        written(`${pid}\n`);
        const params = { path, process: 'app', pid };
        const output = { removed: false, reason: `its owner app (pid ${pid}) is alive` };
        assert.deepEqual(await rig.run(lockFileRemove, params), { status: 'ok', output });
        written(`${NOBODY}\n`);
        const reason = `it holds ${NOBODY} by now, not ${pid}`;
        assert.deepEqual(await rig.run(lockFileRemove, params), { status: 'ok', output: { removed: false, reason } });
        assert.ok(existsSync(path));
      });

      it('fails, with nothing done, when somebody takes the file after the look', async () => {
        written(`${NOBODY}\n`);
        const params = { path, process: 'app', pid: NOBODY };
        const prepared = await rig.prepare(lockFileRemove, params);
        if (prepared.kind !== 'change') return assert.fail(JSON.stringify(prepared));
        await start('app', `exec 3<"${path}"; ${WAIT}`);
        const error = `${path} is no longer the stale file that was found`;
        assert.deepEqual(await rig.change(prepared), { status: 'failed', error, untouched: true });
        assert.ok(existsSync(path));
      });

      it('removes what another user left in a directory for all', async () => {
        const shared = join(folder, 'lock');
        mkdirSync(shared);
        await run('sh', [
          '-c',
          `chmod 1777 "$0"; echo ${NOBODY} >"$0/x.pid"; chown daemon "$0/x.pid"; ${WAIT}`,
          shared,
        ]);
        const step = await rig.run(lockFileRemove, { path: join(shared, 'x.pid'), pid: NOBODY });
        if (step.status !== 'changed') return assert.fail(JSON.stringify(step));
        assert.deepEqual(await rig.undo(step.change.undo), ['changed']);
        assert.equal(statSync(join(shared, 'x.pid')).uid, 1);
      });
    });
  });
}
