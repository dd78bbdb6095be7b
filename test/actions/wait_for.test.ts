import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/wait_for.ts';
import type { Interpretation, ProbeContext } from '../../src/model/action.ts';
import type { CommandEnd, CommandResult } from '../../src/model/script.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { err } from '../../src/util/result.ts';
import { skip } from '../support/skip.ts';
import { closeAll, connectTo, refusing, serveRaw } from './support/http-rig.ts';
import { probeWith } from './support/probe.ts';
import { output, runScript } from './support/run-script.ts';
import { busyBoxOnly, shells, type Shell } from './support/shells.ts';

const SHORT = { within: '50ms', every: '10ms' };

describe('wait_for', () => {
  afterEach(closeAll);

  describe('a port', () => {
    it('is started when it accepts a connection, which is closed at once', async () => {
      let closed: Promise<unknown> = Promise.reject(new Error('nobody connected'));
      closed.catch(() => undefined);
      const port = await serveRaw((socket) => {
        closed = new Promise((resolve) => socket.once('close', resolve));
        socket.resume();
      });
      assert.match(waitedOf(await wait({ port, ...SHORT })), /^\d*m?s?/);
      await closed;
    });

    it('is connected to again until it is started', async () => {
      const port = await serveRaw(() => undefined);
      const looks: string[] = [];
      const dial: ProbeContext['dial'] = (address, asked) => {
        looks.push(`${address}:${asked}`);
        return looks.length < 3 ? refusing('connection-refused')(address, asked) : connectTo()(address, asked);
      };
      assert.equal((await wait({ port, every: '10ms' }, { dial })).status, 'ok');
      assert.deepEqual(looks, Array(3).fill(`127.0.0.1:${port}`));
    });

    it('that refuses is stopped', async () => {
      const dial = refusing('connection-refused');
      assert.equal((await wait({ port: 80, state: 'stopped' }, { dial })).status, 'ok');
    });

    it('is said not to be so when the time is over, with what was seen last', async () => {
      const dial: ProbeContext['dial'] = () =>
        Promise.resolve(err({ code: 'connection-refused', message: 'web01: 10.0.0.7:5432: Connection refused' }));
      assert.deepEqual(await wait({ port: 5432, address: '10.0.0.7', ...SHORT }, { dial }), {
        status: 'failed',
        reason: 'expect',
        error: 'port 5432 of 10.0.0.7 accepted no connection within 50ms: Connection refused',
      });
      const port = await serveRaw(() => undefined);
      assert.equal(
        errorOf(await wait({ port, state: 'stopped', ...SHORT })),
        `port ${port} of 127.0.0.1 did not stop within 50ms: it accepts connections`,
      );
    });

    it('that gives no answer is neither started nor stopped', async () => {
      const dial: ProbeContext['dial'] = () =>
        Promise.resolve(err({ code: 'connection-refused', message: 'web01: 10.0.0.7:80: Connection timed out' }));
      for (const state of ['started', 'stopped'])
        assert.match(errorOf(await wait({ port: 80, state, ...SHORT }, { dial })), /: Connection timed out$/);
    });

    it('is not waited for when the connection to the host breaks', async () => {
      const result = await wait({ port: 80 }, { dial: refusing('connection-lost') });
      assert.equal(result.status === 'failed' && result.reason, 'lost');
    });

    it('is not waited for when the run is interrupted', async () => {
      const dial: ProbeContext['dial'] = () => new Promise(() => undefined);
      const result = await wait({ port: 80 }, { dial, signal: AbortSignal.abort() });
      assert.equal(result.status === 'failed' && result.reason, 'cancelled');
    });

    describe('of a host that forbids connections through it', () => {
      const TABLE = [
        '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   104        0 1 1 0 100 0 0 10 0',
        '   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0',
        '   2: 0A00A8C0:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0',
        '   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 4',
        '   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 5',
        '',
      ].join('\n');
      const dial = refusing('channel-refused');
      const answering = (text: string, end: CommandEnd = { how: 'exit', code: 0 }): Partial<ProbeContext> => ({
        dial,
        read: () => Promise.resolve(answer(text, end)),
      });

      it('is looked up in its table', async () => {
        const started = async (address: string, port: number): Promise<boolean> =>
          (await wait({ address, port, ...SHORT }, answering(TABLE))).status === 'ok';
        assert.deepEqual(
          await Promise.all([started('127.0.0.1', 5432), started('127.0.0.1', 22), started('127.0.0.2', 22)]),
          [true, true, true],
        );
        assert.deepEqual(await Promise.all([started('127.0.0.2', 5432), started('127.0.0.1', 80)]), [false, false]);
        assert.deepEqual(
          await Promise.all([started('127.0.0.1', 443), started('::1', 443), started('::1', 631), started('::1', 22)]),
          [true, true, true, false],
        );
        assert.equal((await wait({ port: 80, state: 'stopped' }, answering(TABLE))).status, 'ok');
      });

      it('cannot be looked at when it is on another machine', async () => {
        const result = await wait({ address: '10.0.0.7', port: 80 }, answering(TABLE));
        assert.deepEqual(result, {
          status: 'failed',
          reason: 'cannot-check',
          error:
            'channel-refused in a test, and only ports of the host itself can be looked up; allow forwarding, or ask from another host',
        });
      });

      it('cannot be looked at without a table', async () => {
        const result = await wait({ port: 80 }, answering('', { how: 'exit', code: 69 }));
        assert.equal(result.status === 'failed' && result.reason, 'cannot-check');
      });

      it('is looked up in the table of a real kernel', async function () {
        const [shell] = shells();
        if (shell === undefined) return skip(this, 'no shell');
        const port = await serveRaw(() => undefined);
        const read = readingIn(shell);
        assert.equal((await wait({ port, ...SHORT }, { dial, read })).status, 'ok');
        closeAll();
        assert.equal((await wait({ port, state: 'stopped', within: '5s' }, { dial, read })).status, 'ok');
      });
    });
  });

  it('says in a plan what it waits for', () => {
    const { work } = action;
    assert.ok(work.kind === 'probe');
    const summaryOf = (params: JsonObject) => work.summary(params as never);
    assert.equal(summaryOf({ port: 5432, within: '1m' }), 'wait until port 5432 of 127.0.0.1 is started, 1m at most');
    assert.equal(summaryOf({ path: '/a b', state: 'absent' }), "wait until '/a b' is absent, 30s at most");
    assert.equal(summaryOf({ path: '/a', contains: 'ok' }), 'wait until /a is present with ok, 30s at most');
  });

  it('is given the time that it was told to wait, and some for the host', () => {
    const { work } = action;
    assert.ok(work.kind === 'probe');
    assert.equal(work.deadline?.({ path: '/x', within: '2m' } as never), 135_000);
    assert.equal(work.deadline?.({ path: '/x' } as never), 45_000);
  });

  for (const name of ['dash', 'bash', 'busybox'] as const) {
    describe(`a path, in ${name}`, () => {
      let folder: string;
      let path: string;
      let shell: Shell;

      before(function () {
        shell = shells().find((candidate) => candidate.name === name) ?? skip(this, `no ${name} on this machine`);
      });

      beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'wait-for-'));
        path = join(folder, 'a "path" $(id)');
      });

      afterEach(() => {
        rmSync(folder, { recursive: true });
      });

      const waitHere = (params: object, search?: string): Promise<Interpretation<JsonObject>> =>
        wait({ path, ...SHORT, ...params }, { read: readingIn(shell, search) });

      /** A `sleep` that does this instead, so that nothing in a test depends on time. */
      const sleeping = (commands: string): string => {
        const programs = join(folder, 'programs');
        mkdirSync(programs);
        writeFileSync(join(programs, 'sleep'), `#!/bin/sh\n${commands}\n`);
        chmodSync(join(programs, 'sleep'), 0o755);
        return `${programs}:${process.env['PATH'] ?? ''}`;
      };

      it('is present or absent at once', async () => {
        assert.match(waitedOf(await waitHere({ state: 'absent' })), /^\d+m?s$/);
        writeFileSync(path, '');
        assert.match(waitedOf(await waitHere({})), /^\d+m?s$/);
      });

      it('is looked at again after each pause', async () => {
        const search = sleeping(`mkdir -p '${path}'; echo "$1" >>'${folder}/pauses'`);
        assert.equal((await waitHere({ within: '5s', every: '250ms' }, search)).status, 'ok');
        assert.equal((await waitHere({ state: 'present' }, search)).status, 'ok');
        const gone = sleepingAgain(folder, `rmdir '${path}'`);
        assert.equal((await waitHere({ state: 'absent', within: '5s' }, gone)).status, 'ok');
      });

      it('is said not to be so when the time is over', async () => {
        assert.deepEqual(await waitHere({}), {
          status: 'failed',
          reason: 'expect',
          error: `${path} did not appear within 50ms: it is not there`,
        });
        writeFileSync(path, 'starting\n');
        assert.equal(errorOf(await waitHere({ state: 'absent' })), `${path} did not go away within 50ms: it is there`);
        assert.equal(
          errorOf(await waitHere({ contains: 'ready' })),
          `${path} did not get the text "ready" within 50ms: it is there, without the text`,
        );
      });

      it('has a text when a line has it as it is', async () => {
        writeFileSync(path, 'x\nstatus [ready] *\n');
        assert.equal((await waitHere({ contains: '[ready] *' })).status, 'ok');
        assert.equal((await waitHere({ contains: '-x' })).status, 'failed');
        assert.equal((await waitHere({ contains: 'x', path: folder })).status, 'failed');
      });

      it('that is a link to nothing is absent, and so is what is below a file', async () => {
        symlinkSync('nowhere', path);
        assert.equal((await waitHere({ state: 'absent' })).status, 'ok');
        rmSync(path);
        writeFileSync(path, '');
        assert.equal((await waitHere({ state: 'absent', path: `${path}/below` })).status, 'ok');
      });

      it('that cannot be looked at is neither', async () => {
        symlinkSync('No such file or directory', join(folder, 'No such file or directory'));
        for (const state of ['present', 'absent']) {
          const result = await waitHere({ state, path: join(folder, 'No such file or directory') });
          assert.equal(result.status === 'failed' && result.reason, 'cannot-check', state);
          assert.match(errorOf(result), /levels of symbolic links/i);
        }
      });

      if (name !== 'busybox') return;

      it('needs nothing but BusyBox', async () => {
        const programs = join(folder, 'programs');
        mkdirSync(programs);
        const search = busyBoxOnly(programs);
        writeFileSync(path, 'ready\n');
        assert.equal((await waitHere({ contains: 'ready' }, search)).status, 'ok');
        assert.equal((await waitHere({ state: 'absent' }, search)).status, 'failed');
      });
    });
  }
});

function sleepingAgain(folder: string, commands: string): string {
  writeFileSync(join(folder, 'programs/sleep'), `#!/bin/sh\n${commands}\n`);
  return `${join(folder, 'programs')}:${process.env['PATH'] ?? ''}`;
}

function wait(params: object, changes: Partial<ProbeContext> = {}): Promise<Interpretation<JsonObject>> {
  return probeWith(action, params, { dial: connectTo(), ...changes });
}

function readingIn(shell: Shell, search?: string): ProbeContext['read'] {
  return async (script) => {
    const { code, ...rest } = await runScript(script, shell, search);
    return { end: { how: 'exit', code }, ...rest };
  };
}

function answer(text: string, end: CommandEnd): CommandResult {
  return { end, stdout: output(text), stderr: output(''), durationMs: 1 };
}

function waitedOf(result: Interpretation<JsonObject>): string {
  return result.status === 'failed' ? assert.fail(result.error) : String(result.output['waited']);
}

function errorOf(result: Interpretation<JsonObject>): string {
  return result.status === 'failed' ? result.error : assert.fail('it did not fail');
}
