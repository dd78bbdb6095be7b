import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { action as processAction } from '../../src/actions/process.ts';
import { action as processes } from '../../src/actions/processes.ts';
import type { Action } from '../../src/model/action.ts';
import { checkOutput } from '../../src/model/output.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { busyBoxOnly, shells, type Shell } from './support/shells.ts';

const WAITS = 'echo ready; sleep 600; :';

/** Runs as the program named first from the first byte it prints. */
const EXEC_AND_WAIT = `exec "$1" -c '${WAITS}'`;

interface Found {
  readonly pid: number;
  readonly started: string;
  readonly [field: string]: unknown;
}

for (const name of ['dash', 'bash', 'busybox'] as const) {
  describe(`processes in ${name}`, () => {
    const children: ChildProcess[] = [];
    let shell: Shell;
    let folder: string;

    before(function () {
      shell = shells().find((candidate) => candidate.name === name) ?? skip(this, `no ${name} on this machine`);
    });

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'processes-'));
    });

    afterEach(() => {
      for (const { pid } of children.splice(0)) killGroup(pid);
      rmSync(folder, { recursive: true });
    });

    /** In a session of its own, as what a service manager starts; resolves when it has printed a line. */
    async function start(text: string, ...args: string[]): Promise<number> {
      return ready(
        spawn('/bin/sh', ['-c', text, 'sh', ...args], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] }),
      );
    }

    async function ready(child: ChildProcess): Promise<number> {
      children.push(child);
      await once(createInterface(child.stdout ?? assert.fail()), 'line');
      return child.pid ?? assert.fail();
    }

    const list = async (params: object, path?: string): Promise<readonly Found[]> =>
      (await outputOf(processes, params, shell, path))['processes'] as unknown as Found[];

    const find = async (pid: number, command = 'sh'): Promise<Found> =>
      (await list({ name: command })).find((found) => found.pid === pid) ?? assert.fail(`${pid} is not listed`);

    const end = async (
      targets: readonly { pid: number; started: string }[],
      params: object = {},
    ): Promise<JsonObject> =>
      outputOf(
        processAction,
        { processes: targets.map(({ pid, started }) => ({ pid, started })), grace: '300ms', ...params },
        shell,
      );

    describe('processes', () => {
      it('are told with all that /proc knows of them', async () => {
        const words = ['a b', '', '$(id)', 'two\nlines', 'größe'];
        const pid = await start(WAITS, ...words);
        const found = await find(pid);
        assert.equal(found['command'], 'sh');
        assert.deepEqual(found['arguments'], [
          ...['/bin/sh', '-c', WAITS, 'sh', 'a b', '', '$(id)', 'two lines', 'größe'],
        ]);
        assert.deepEqual([found['parent_pid'], found['uid']], [process.pid, process.getuid?.()]);
        assert.match(String(found['state']), /^[RS]$/);
        assert.ok(Number(found['rss_bytes']) > 0);
        assert.ok(Math.abs(Date.parse(found.started) - Date.now()) < 10_000);
      });

      it('are narrowed by name, user and command line together', async () => {
        const program = join(folder, 'a-name-over-15-bytes');
        symlinkSync('/bin/sh', program);
        const pid = await start(EXEC_AND_WAIT, program);
        const pids = async (params: object): Promise<readonly number[]> =>
          (await list(params)).map((found) => found.pid).filter((found) => found === pid);
        assert.deepEqual(await pids({ name: 'a-name-over-15-bytes' }), [pid]);
        assert.deepEqual(await pids({ name: 'a-name-over-15-' }), [pid]);
        assert.deepEqual(await pids({ name: 'a-name-over-15-others' }), []);
        assert.deepEqual(await pids({ name: 'a-name', user: '' }), []);
        assert.deepEqual(await pids({ contains: 'bytes -c echo', user: `${process.getuid?.()}` }), [pid]);
        assert.deepEqual(await pids({ contains: 'bytes -c echo', user: 'daemon' }), []);
        assert.deepEqual(await pids({ user: 'no-such-user' }), []);
        assert.deepEqual(await pids({ older_than: '0s' }), [pid]);
        assert.deepEqual(await pids({ older_than: '1h' }), []);
      });

      it('cannot tell lines about others', async () => {
        const forged = join(folder, 'x\nprocess 1');
        symlinkSync('/bin/sh', forged);
        const pid = await start(EXEC_AND_WAIT, forged);
        const [found] = await list({ contains: forged.replace('\n', ' ') });
        assert.deepEqual([found?.pid, found?.['command']], [pid, 'x process 1']);
      });

      it('that have ended are told as zombies until their parent takes note', async () => {
        const parent = await start('sleep 0.1 & echo ready; kill -s STOP $$');
        const zombie = await until(async () =>
          (await list({ name: 'sleep' })).find((found) => found['parent_pid'] === parent && found['state'] === 'Z'),
        );
        assert.deepEqual(zombie['arguments'], []);
        const { left } = await end([zombie]);
        const reason = `it has ended already and waits for its parent ${parent} to take note of that`;
        assert.deepEqual(left, [{ pid: zombie.pid, reason }]);
      });

      it('leave out the shell that looks', async () => {
        assert.deepEqual(await list({ contains: `no-other-has-this-${process.pid}` }), []);
      });
    });

    describe('process', () => {
      it('ends what is still the one that was found', async () => {
        const target = await find(await start(WAITS));
        assert.deepEqual(await end([target]), { ended: [target.pid], killed: [], left: [], leaks: [] });
        assert.deepEqual(await end([target]), {
          ended: [],
          killed: [],
          left: [{ pid: target.pid, reason: 'it is no longer there' }],
          leaks: [],
        });
      });

      it('leaves a pid that belongs to another process by now', async () => {
        const target = await find(await start(WAITS));
        const { left } = await end([{ ...target, started: '2026-01-31T08:00:00Z' }], { kill: true });
        const reason = `the pid belongs to another process now, which started at ${target.started}`;
        assert.deepEqual(left, [{ pid: target.pid, reason }]);
        assert.equal((await find(target.pid)).started, target.started);
      });

      it('kills only when it is told to', async () => {
        const target = await find(await start(`trap '' TERM; echo ready; while :; do sleep 600; done`));
        assert.deepEqual(await end([target]), {
          ended: [],
          killed: [],
          left: [{ pid: target.pid, reason: 'it still runs 300ms after it was asked to end' }],
          leaks: [],
        });
        assert.deepEqual(await end([target], { kill: true }), {
          ended: [],
          killed: [target.pid],
          left: [],
          leaks: [],
        });
      });

      it('ends a stopped one', async () => {
        const target = await find(await start(WAITS));
        process.kill(target.pid, 'SIGSTOP');
        assert.deepEqual((await end([target], { grace: '5s' }))['ended'], [target.pid]);
      });

      it('never touches the first process, the kernel, and what it descends from itself', async () => {
        const all = await list({});
        const kernel = all
          .filter(({ parent_pid: parent, arguments: words }) => parent === 2 && isEmpty(words))
          .slice(0, 2);
        const spared = [...all.filter(({ pid }) => pid === 1 || pid === process.pid), ...kernel];
        const output = await end(spared, { kill: true });
        assert.deepEqual([output['ended'], output['killed']], [[], []]);
        const left = output['left'] as unknown as { pid: number; reason: string }[];
        assert.deepEqual(
          left.map(({ pid }) => pid),
          spared.map(({ pid }) => pid),
        );
        const reasons = new Map(left.map(({ pid, reason }) => [pid, reason]));
        assert.equal(reasons.get(1), 'it is the first process of the host');
        assert.equal(reasons.get(process.pid), 'it belongs to the connection by which this step came');
        for (const { pid } of kernel) assert.equal(reasons.get(pid), 'it is a thread of the kernel');
      });

      it('says what a kill leaves behind', async function () {
        if (process.getuid?.() !== 0) skip(this, 'a room for semaphores of its own takes root');
        const made = String.raw`$SIG{TERM} = "IGNORE"; $| = 1;
          my $set = semget(0, 2, 0600 | 512); semop($set, pack("s!3", 0, 1, 0));
          my $memory = shmget(0, 4096, 0600 | 512); shmwrite($memory, "x", 0, 1);
          print "$set $memory\n"; sleep 600 while 1`;
        const pid = await ready(
          spawn('unshare', ['--ipc', 'perl', '-e', made], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] }),
        );
        const target = await find(pid, 'perl');
        const pidFile = `/run/lock/runbook test ${process.pid}-${name}.pid`;
        mkdirSync('/run/lock', { recursive: true });
        writeFileSync(pidFile, `${pid}\n`);
        const params = { processes: [{ pid, started: target.started }], grace: '0s', kill: true };
        const inside: Shell = { name, argv: ['nsenter', `--ipc=/proc/${pid}/ns/ipc`, ...shell.argv] };
        const output = await outputOf(processAction, params, inside).finally(() => rmSync(pidFile));
        assert.deepEqual(output['killed'], [pid]);
        const leaks = (output['leaks'] as string[]).map((leak) => leak.replace(/ \d+ \(/, ' N ('));
        assert.deepEqual(leaks, [
          `file ${pidFile}, which names ${pid}`,
          `semaphore set N (2 semaphores of uid 0), last used by ${pid}`,
          `shared memory N (4096 bytes of uid 0), used by ${pid}`,
        ]);
      });

      if (name !== 'busybox') return;

      it('needs nothing but BusyBox', async () => {
        const path = busyBoxOnly(mkdtempSync(join(folder, 'programs-')));
        const pid = await start(WAITS);
        const [target] = (await list({ name: 'sh' }, path)).filter((found) => found.pid === pid);
        const params = { processes: [{ pid, started: target?.started }], grace: '1s' };
        assert.deepEqual((await outputOf(processAction, params, shell, path))['ended'], [pid]);
      });
    });
  });
}

async function outputOf({ work, output }: Action, params: object, shell: Shell, path?: string): Promise<JsonObject> {
  if (work.kind !== 'script') return assert.fail('not a script');
  const answer = await runScript(work.compose(params as never, contextOf()), shell, path);
  const result = work.interpret(answer, params as never, contextOf());
  if (result.status === 'failed') return assert.fail(`${result.error} ${answer.stderr.text}`);
  assert.ok(checkOutput(output, result.output, {}).ok);
  assert.equal(answer.stderr.text, '');
  return result.output;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  return assert.fail('it did not come about');
}

function isEmpty(words: unknown): boolean {
  return Array.isArray(words) && words.length === 0;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
