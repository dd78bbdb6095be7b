import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshHost } from '../../../src/model/host.ts';
import type { Connection, ConnectOptions } from '../../../src/model/transport.ts';
import { KeptConnections, type KeptLimits } from '../../../src/transports/kept/connections.ts';
import { ShownPasswords } from '../../../src/transports/shown-passwords.ts';
import { createSshTransport } from '../../../src/transports/ssh.ts';
import { Secret } from '../../../src/util/secret.ts';
import { changeOf, lookHere, NEVER, newRunId, script } from '../../conformance/transport.ts';
import { noteOf } from '../../conformance/settling.ts';
import { rootProblem } from '../../support/root.ts';
import { skip } from '../../support/skip.ts';
import { HandClock } from './hand-clock.ts';
import { newKey, startSshServer, type SshServer, type SshServerOptions } from '../ssh-server.ts';

const OPTIONS: ConnectOptions = { become: true, connectTimeoutMs: 5000, secrets: {} };

describe('kept connections', function () {
  this.timeout(20_000);
  let clock: HandClock;
  let kept: KeptConnections;
  let server: SshServer;
  const folder = mkdtempSync(join(tmpdir(), 'runbook-kept-'));
  const bootId = join(folder, 'boot_id');

  before(function () {
    const problem = rootProblem();
    if (problem !== undefined) skip(this, problem);
  });
  beforeEach(async () => {
    clock = new HandClock();
    keep();
    server = await startSshServer();
  });
  afterEach(async () => {
    await kept?.close();
    await server?.stop();
  });
  after(() => rmSync(folder, { recursive: true }));

  const keep = (limits: Partial<KeptLimits> = {}): void => {
    kept = new KeptConnections(clock, { most: 10, idleMs: 60_000, ...limits });
  };
  const serve = async (options: SshServerOptions): Promise<void> => {
    await server.stop();
    server = await startSshServer(options);
  };
  /** As another run would. */
  const tried = (host: SshHost = server.host, options: Partial<ConnectOptions> = {}) =>
    kept.over(createSshTransport(), new ShownPasswords()).connect(host, { ...OPTIONS, ...options }, NEVER);
  const connect = async (...asked: Parameters<typeof tried>): Promise<Connection> => {
    const connection = await tried(...asked);
    assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
    return connection.value;
  };
  const read = async (connection: Connection, text: string): Promise<string> =>
    (await connection.read({ script: script(text), timeoutMs: 5000 }, NEVER)).stdout.text;
  const lock = async (connection: Connection, runId = newRunId()): Promise<string> => {
    const ledger = await connection.lock(noteOf(runId, 1), NEVER);
    assert.ok(ledger.ok, ledger.ok ? '' : JSON.stringify(ledger.error));
    return runId;
  };
  /** One is there, and waits. */
  const leaveOne = async (...asked: Parameters<typeof tried>): Promise<void> => {
    const connection = await connect(...asked);
    assert.equal(await connection.close(), true);
    assert.equal(kept.count, 1);
  };
  const made = (): number => server.attempts.connections;
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  describe('are used again', () => {
    it('by the next run, with the same shell and facts that are read anew', async () => {
      const first = await connect();
      const shell = await read(first, 'ps -o ppid= -p $PPID');
      await first.close();
      const second = await connect();
      assert.equal(await read(second, 'ps -o ppid= -p $PPID'), shell);
      assert.equal(made(), 1);
      assert.ok(Date.parse(second.facts.time) > Date.parse(first.facts.time));
      assert.deepEqual({ ...second.facts, time: '' }, { ...first.facts, time: '' });
      assert.equal(second.hostKey, first.hostKey);
      await second.close();
    });

    it('by one run at a time', async () => {
      await leaveOne();
      const [one, other] = await Promise.all([connect(), connect()]);
      assert.equal(made(), 2);
      assert.equal(kept.count, 0);
      await Promise.all([one.close(), other.close()]);
      assert.equal(kept.count, 2);
    });

    it('after a change, with the lock free and no claim left', async () => {
      const first = await connect();
      const runId = await lock(first);
      await first.change(changeOf(runId, 'true'), NEVER);
      await first.close();
      assert.equal(kept.count, 1);
      assert.equal(lookHere(`ls -d /run/runbook/${runId} /run/runbook.lock 2>/dev/null || true`), '');
      assert.equal(lookHere('flock -n /run/runbook/lock echo free'), 'free\n');
      const second = await connect();
      const next = await lock(second);
      const { end } = await second.change(changeOf(next, 'exit 3'), NEVER);
      assert.deepEqual(end, { how: 'exit', code: 3 });
      await second.close();
      assert.equal(made(), 1);
    });

    it('without a word of what the first run has learned', async () => {
      writeFileSync(server.knownHostsFile, '');
      const { ssh } = server.host;
      const trusting = { ...server.host, ssh: { ...ssh, hostKeys: { ...ssh.hostKeys, unknown: 'add' as const } } };
      const first = await connect(trusting);
      assert.equal(first.learned?.length, 1);
      await first.close();
      // What was learned was written to a file that decides whom we believe.
      const second = await connect(trusting);
      assert.deepEqual([second.learned, made()], [undefined, 2]);
      await second.close();
      assert.equal((await connect(trusting)).learned, undefined);
      assert.equal(made(), 2);
    });
  });

  describe('are not shared by those who would not get the same', () => {
    const others: Record<string, (host: SshHost) => [SshHost, Partial<ConnectOptions>?]> = {
      'another become': (host) => [host, { become: 'nobody' }],
      'a password': (host) => [host, { secrets: { becomePassword: new Secret('a') } }],
      'another name': (host) => [{ ...host, name: 'web02' }],
      'another method': (host) => [{ ...host, becoming: { method: 'su' } }],
      'another setting of ssh': (host) => [
        { ...host, ssh: { ...host.ssh, algorithms: { ...host.ssh.algorithms, ciphers: ['aes256-ctr'] } } },
      ],
    };
    for (const [what, other] of Object.entries(others))
      it(`for ${what}`, async () => {
        await leaveOne();
        await (await connect(...other(server.host))).close();
        assert.equal(made(), 2);
        assert.equal(kept.count, 2);
      });

    it('for another password, but for the same once more', async () => {
      const withPassword = (value: string) => ({ secrets: { becomePassword: new Secret(value) } });
      await leaveOne(server.host, withPassword('one'));
      await (await connect(server.host, withPassword('one'))).close();
      assert.equal(made(), 1);
      await (await connect(server.host, withPassword('other'))).close();
      assert.equal(made(), 2);
    });
  });

  describe('are not used', () => {
    it('when they were cut while they waited', async () => {
      await leaveOne();
      server.cut();
      await until(() => kept.count === 0);
      assert.equal(await read(await connect(), 'echo well'), 'well\n');
      assert.equal(made(), 2);
    });

    it('when they are cut in the very moment', async () => {
      await leaveOne();
      const connecting = connect();
      server.cut();
      assert.equal(await read(await connecting, 'echo well'), 'well\n');
      assert.equal(made(), 2);
    });

    it('when their shell does not answer in time', async () => {
      keep({ proofMs: 200 });
      const first = await connect();
      const shell = (await read(first, 'ps -o ppid= -p $PPID')).trim();
      await first.close();
      lookHere(`kill -STOP ${shell}`);
      try {
        assert.equal(await read(await connect(), 'echo well'), 'well\n');
      } finally {
        lookHere(`kill -CONT ${shell} 2>/dev/null || true`);
      }
      assert.equal(made(), 2);
    });

    it('when the host has restarted', async () => {
      writeFileSync(bootId, 'before\n');
      const hide = `mount --bind ${bootId} /proc/sys/kernel/random/boot_id`;
      await serve({ command: (asked) => `exec unshare -m /bin/sh -c '${hide}; ${asked}'` });
      await leaveOne();
      writeFileSync(bootId, 'after\n');
      const second = await connect();
      assert.deepEqual([second.facts.boot_id, made()], ['after', 2]);
    });

    it('when their host key was revoked meanwhile', async () => {
      await leaveOne();
      appendFileSync(server.knownHostsFile, `@revoked ${server.hostKeyLine}\n`);
      const connection = await tried();
      assert.equal(connection.ok ? 'open' : connection.error.code, 'host-key-revoked');
      assert.equal(kept.count, 0);
    });

    it('when another machine has taken the address', async () => {
      await leaveOne();
      const [, ...key] = newKey().public.split(' ');
      writeFileSync(server.knownHostsFile, `${server.hostKeyLine.split(' ')[0]} ssh-ed25519 ${key[0]}\n`);
      const connection = await tried();
      assert.equal(connection.ok ? 'open' : connection.error.code, 'host-key-changed');
    });

    it('when the login key was exchanged', async () => {
      await leaveOne();
      const [file] = server.host.ssh.login.keyFiles;
      writeFileSync(file?.path ?? '', newKey().private);
      const connection = await tried();
      assert.equal(connection.ok ? 'open' : connection.error.code, 'authentication');
    });

    it('by a run that no longer wants one', async () => {
      await leaveOne();
      const connection = await kept
        .over(createSshTransport(), new ShownPasswords())
        .connect(server.host, OPTIONS, AbortSignal.abort());
      assert.equal(connection.ok ? 'open' : connection.error.code, 'interrupted');
    });
  });

  describe('are closed at once', () => {
    it('where a claim must stay', async () => {
      const first = await connect();
      const runId = await lock(first);
      await first.change(changeOf(runId, 'true'), NEVER);
      assert.equal(await first.close('keep-claims'), true);
      assert.equal(kept.count, 0);
      assert.equal(lookHere(`ls /run/runbook/${runId}; rm -r /run/runbook/${runId}`), 'epoch\nweb.step.1\n');
    });

    it('where the host was not locked', async () => {
      const [holder, other] = [await connect(), await connect()];
      await lock(holder);
      assert.equal((await other.lock(noteOf(newRunId(), 1), NEVER)).ok, false);
      await other.close();
      assert.equal(kept.count, 0);
      await holder.close();
      assert.equal(kept.count, 1);
    });

    it('where a claim has an end that nobody was told', async () => {
      const first = await connect();
      const runId = await lock(first);
      lookHere(`mkdir /run/runbook/${runId}/web.lost.1`);
      await first.close();
      assert.equal(kept.count, 0);
      assert.equal(lookHere(`ls /run/runbook/${runId}; rm -r /run/runbook/${runId}`), 'epoch\nweb.lost.1\n');
    });

    it('where what one run was told would hide what the next was not', async () => {
      const first = await connect();
      const runId = await lock(first);
      const claim = { runId, step: 'web.step', attempt: 1, epoch: 1 };
      lookHere(`mkdir /run/runbook/${runId}/web.step.1`);
      const settled = await first.settle({ claim }, NEVER);
      assert.equal(settled.ok && settled.value.state, 'unknown');
      await first.close();
      assert.equal(kept.count, 1, 'it was told of all');
      const second = await connect();
      const next = await lock(second);
      lookHere(`mkdir /run/runbook/${next}/web.step.1`);
      await second.close();
      assert.deepEqual([made(), kept.count], [1, 0]);
      assert.equal(lookHere(`ls /run/runbook/${next}; rm -r /run/runbook/${next}`), 'epoch\nweb.step.1\n');
    });

    it('when too many wait, the one that has waited longest first', async () => {
      keep({ most: 1 });
      const [one, other] = [await connect(), await connect(server.host, { become: false })];
      await one.close();
      await other.close();
      assert.equal(kept.count, 1);
      await connect(server.host, { become: false });
      assert.equal(made(), 2);
    });

    it('after they have waited for so long', async () => {
      keep({ idleMs: 1000 });
      await leaveOne();
      await clock.pass(999);
      assert.equal(kept.count, 1);
      await clock.pass(1);
      assert.equal(kept.count, 0);
    });

    it('after the machine was asleep for so long', async () => {
      keep({ idleMs: 1000 });
      await leaveOne();
      await clock.suspend(1000);
      assert.equal(kept.count, 0);
    });

    it('when they are old, however often they are used', async () => {
      keep({ idleMs: 1000, ageMs: 1500 });
      await leaveOne();
      await clock.pass(800);
      await leaveOne();
      assert.equal(made(), 1);
      await clock.pass(699);
      assert.equal(kept.count, 1);
      await clock.pass(1);
      assert.equal(kept.count, 0);
      const old = await connect();
      await clock.pass(1500);
      await old.close();
      assert.equal(kept.count, 0);
    });

    it('at the end, and those in use when they are given back', async () => {
      const inUse = await connect();
      await leaveOne(server.host, { become: false });
      await kept.close();
      assert.equal(kept.count, 0);
      assert.equal(await read(inUse, 'echo well'), 'well\n');
      await inUse.close();
      assert.equal(kept.count, 0);
      assert.equal(await read(inUse, 'echo late'), '');
    });
  });

  describe('have nothing of a run that has ended', () => {
    it('such as its streams', async () => {
      const listener = createServer().listen(0, '127.0.0.1');
      const ended = once(listener, 'connection').then(([socket]) => once(socket as Socket, 'close'));
      await new Promise((resolve) => listener.once('listening', resolve));
      const { port } = listener.address() as { port: number };
      const connection = await connect();
      const stream = await connection.dial('127.0.0.1', port, NEVER);
      assert.ok(stream.ok);
      await connection.close();
      await ended;
      assert.equal(kept.count, 1);
      listener.close();
      assert.equal((await connection.dial('127.0.0.1', port, NEVER)).ok, false);
    });

    it('such as what it asks too late', async () => {
      const first = await connect();
      await first.close();
      const second = await connect();
      const runId = await lock(second);
      assert.equal(await read(first, 'echo late'), '');
      const late = await first.lock(noteOf(runId, 2), NEVER);
      assert.equal(late.ok ? 'locked' : late.error.code, 'connection-lost');
      assert.equal((await first.change(changeOf(runId, 'true'), NEVER)).end.how, 'not-started');
      await first.close();
      assert.equal(await read(second, 'echo well'), 'well\n');
      await second.close();
    });

    it('such as shells of other users', async () => {
      const asNobody = { script: script('id -un'), timeoutMs: 5000, become: 'nobody' };
      const first = await connect(server.host, { become: false });
      assert.equal((await first.read(asNobody, NEVER)).stdout.text, 'nobody\n');
      await first.close();
      const second = await connect(server.host, { become: false });
      assert.equal((await second.read(asNobody, NEVER)).stdout.text, 'nobody\n');
      assert.equal(made(), 1);
      await second.close();
    });
  });
});
