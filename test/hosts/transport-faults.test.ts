import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Become, Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { changeOf, describeTransport, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import { noteOf } from '../conformance/settling.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { leaveOnlyBusybox } from './busybox.ts';
import { cutSessions, fleetHost, PUT_AWAY } from './transport-fleet.ts';

const problem = fleetProblem();

describe('the ssh transport on a host in trouble', function () {
  this.timeout(60_000);
  let web: FleetHost;
  const open: Connection[] = [];

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
  });
  beforeEach(async () => {
    web = await startLightHost({ name: `wire${Math.random().toString(36).slice(2, 8)}` });
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
    web?.stop();
  });

  const tried = async (user = 'root', become: Become = true) => {
    const connection = await createSshTransport().connect(
      fleetHost(web, user),
      { become, connectTimeoutMs: 5000, secrets: {} },
      NEVER,
    );
    if (connection.ok) open.push(connection.value);
    return connection;
  };
  const connected = async (user = 'root', become: Become = true): Promise<Connection> => {
    const connection = await tried(user, become);
    assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
    return connection.value;
  };
  const on = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await web.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  const read = (connection: Connection, text: string, timeoutMs = 5000) =>
    connection.read({ script: script(text), timeoutMs }, NEVER);
  const sshd = async (setting: string): Promise<void> => {
    await on(`sed -i '1i ${setting}' /etc/ssh/sshd_config; pkill -HUP -o -x sshd`);
    await pause(300);
  };

  it('lets a change finish once when its controller is killed, and frees the lock after it', async () => {
    const runId = newRunId();
    const text =
      'echo x >>/root/started; i=0; while [ $i -lt 20 ]; do echo line $i; sleep 0.1; i=$((i+1)); done; echo done >/root/done';
    const client = new URL('transport-client.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [client, JSON.stringify(fleetHost(web)), runId, text]);
    await once(child.stdout, 'data');
    await pause(500);
    child.kill('SIGKILL');
    const next = await connected();
    const former = await next.lock(noteOf(runId, 1), NEVER);
    assert.equal(former.ok ? 'free' : former.error.code, 'refused', 'the lock has another connection with this epoch');
    const twin = await next.lock(noteOf(runId, 2, { host: 'twin' }), NEVER);
    assert.equal(twin.ok ? 'free' : twin.error.code, 'same-machine');
    const awaited: string[] = [];
    assert.ok((await next.lock(noteOf(runId, 2), NEVER, ({ step }) => awaited.push(step))).ok);
    assert.deepEqual(awaited, ['web.step']);
    const { claim } = changeOf(runId, text);
    const settled = await next.settle({ claim }, NEVER);
    assert.ok(settled.ok && settled.value.state === 'ended');
    assert.deepEqual(settled.value.answer.end, { how: 'exit', code: 0 });
    assert.match(settled.value.answer.stdout.text, /^line 0\n[^]*line 19\n$/);
    const again = await next.change(changeOf(runId, text, { claim: { ...claim, epoch: 2 } }), NEVER);
    assert.deepEqual(again.end, { how: 'not-started', why: 'claimed' });
    assert.equal(await on('cat /root/started /root/done'), 'x\ndone');
  });

  it('is lost within half a minute when the link goes silent', async () => {
    const connection = await connected();
    const running = read(connection, 'sleep 60', 60_000);
    await pause(300);
    await on('ip link set eth0 down');
    const started = performance.now();
    assert.deepEqual((await running).end, { how: 'lost' });
    assert.ok(performance.now() - started < 30_000);
  }).timeout(60_000);

  it('reads and surveys without writing anything, also with a read-only root', async () => {
    await on(
      'mount -o remount,ro / 2>/dev/null || mount --bind / / && mount -o remount,ro,bind /; mount -o remount,ro /run; ! touch /x 2>/dev/null',
    );
    const connection = await connected();
    assert.equal((await read(connection, 'echo fine; echo err >&2')).stdout.text, 'fine\n');
    const lock = await connection.lock(
      { runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' },
      NEVER,
    );
    assert.equal(lock.ok ? 'locked' : lock.error.code, 'ledger-unsafe');
    assert.match(lock.ok ? '' : lock.error.message, /read-only/);
  });

  it('leaves no trace of a read', async () => {
    await on('touch /tmp/before; sleep 0.1');
    const connection = await connected('ops', true);
    await Promise.all([read(connection, 'echo a'), read(connection, 'echo b'), read(connection, 'sleep 9', 300)]);
    await connection.close();
    const changed = await on(
      "find / -xdev -newer /tmp/before -not -path '/proc/*' -type f; find /run -newer /tmp/before -type f",
    );
    assert.equal(
      changed
        .split('\n')
        .filter((file) => !/^\/(var\/log|run\/sudo|var\/lib\/sudo)/.test(file))
        .join(''),
      '',
    );
  });

  it('refuses a ledger that others could have made', async () => {
    await on('mkdir -m 777 /run/runbook');
    const lock = await (
      await connected()
    ).lock({ runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' }, NEVER);
    assert.equal(lock.ok ? 'locked' : lock.error.code, 'ledger-unsafe');
    await on('rm -r /run/runbook; mkdir -m 700 /tmp/elsewhere; ln -s /tmp/elsewhere /run/runbook');
    const link = await (
      await connected()
    ).lock({ runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' }, NEVER);
    assert.equal(link.ok ? 'locked' : link.error.code, 'ledger-unsafe');
  });

  it('removes claims that are older than a week', async () => {
    await on(
      'mkdir -m 700 /run/runbook; mkdir /run/runbook/old /run/runbook/new; touch -d "9 days ago" /run/runbook/old',
    );
    await locked(await connected(), newRunId());
    assert.equal(await on('ls -d /run/runbook/old /run/runbook/new 2>/dev/null || true'), '/run/runbook/new');
  });

  it('locks by a directory where nothing could take a lock of the kernel, says so, and takes over from the dead', async () => {
    await on('rm -f /usr/bin/flock /usr/bin/perl');
    const first = await connected();
    const ledger = await first.lock(
      { runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' },
      NEVER,
    );
    assert.equal(ledger.ok && ledger.value.lease, true);
    const second = await connected();
    const held = await second.lock(
      { runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' },
      NEVER,
    );
    assert.equal(held.ok ? 'free' : held.error.code, 'lock-held');
    await on("kill -9 $(cut -d' ' -f1 /run/runbook/lease/holder)");
    const runId = newRunId();
    await locked(second, runId);
    assert.ok((await (await connected()).lock(noteOf(runId, 2), NEVER)).ok, 'from an earlier connection of ours');
    assert.deepEqual((await read(second, 'true')).end, { how: 'lost' });
  });

  it('does without setsid, flock and mkfifo where there is perl', async () => {
    await on('rm -f /usr/bin/setsid /usr/bin/flock /usr/bin/mkfifo /usr/bin/mknod');
    const connection = await connected();
    const runId = newRunId();
    const ledger = await connection.lock({ runId, host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' }, NEVER);
    assert.deepEqual(ledger.ok && ledger.value.lease, undefined);
    const change = changeOf(runId, 'sleep 97 & echo out; sleep 97', { timeoutMs: 1000 });
    const { end, stdout } = await connection.change(change, NEVER);
    assert.deepEqual([end, stdout.text], [{ how: 'timeout', gone: true }, 'out\n']);
    assert.deepEqual((await read(connection, 'sleep 99', 300)).end, { how: 'timeout', gone: true });
    const twin = await (await connected()).lock(noteOf(runId, 2, { host: 'twin' }), NEVER);
    assert.equal(twin.ok ? 'free' : twin.error.code, 'same-machine');
    assert.ok((await (await connected()).lock(noteOf(runId, 2), NEVER)).ok);
  });

  it('does not lock for changes where they could not be ended or told apart, and reads there', async () => {
    await on('rm -f /usr/bin/setsid /usr/bin/perl');
    const connection = await connected();
    const lock = await connection.lock(
      { runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' },
      NEVER,
    );
    assert.equal(lock.ok ? 'locked' : lock.error.code, 'tools-missing');
    assert.match(lock.ok ? '' : lock.error.message, /neither setsid nor perl/);
    assert.equal((await read(connection, 'echo fine')).stdout.text, 'fine\n');
    assert.equal((await read(connection, 'sleep 99', 300)).end.how, 'timeout');
  });

  it('opens a channel to end a step although sessions are few, and dials only where forwarding is allowed', async () => {
    await sshd('MaxSessions 2');
    await sshd('AllowTcpForwarding no');
    const connection = await connected();
    assert.deepEqual((await read(connection, 'sleep 99', 300)).end, { how: 'timeout', gone: true });
    const dialed = await connection.dial('127.0.0.1', 22, NEVER);
    assert.equal(dialed.ok ? 'open' : dialed.error.code, 'channel-refused');
  });

  it('gets through when sshd drops connections at the door', async () => {
    await sshd('MaxStartups 2:80:4');
    const transport = createSshTransport();
    const host = fleetHost(web);
    const all = await Promise.all(
      Array.from({ length: 10 }, () =>
        transport.connect(host, { become: true, connectTimeoutMs: 20_000, secrets: {} }, NEVER),
      ),
    );
    for (const connection of all) if (connection.ok) open.push(connection.value);
    assert.deepEqual(
      all.flatMap((connection) => (connection.ok ? [] : [connection.error])),
      [],
    );
  });

  it('says why there is no way to become root', async () => {
    await on("echo 'ops ALL=(ALL) ALL' >/etc/sudoers.d/ops");
    const password = await tried('ops');
    assert.match(password.ok ? '' : password.error.message, /asks ops for a password to become root/);
    await on('rm /etc/sudoers.d/ops');
    const nobody = await tried('ops');
    assert.equal(nobody.ok ? 'in' : nobody.error.code, 'become');
    await on('rm /usr/bin/sudo');
    const none = await tried('ops');
    assert.match(none.ok ? '' : none.error.message, /sudo is not installed/);
    assert.ok((await tried('ops', false)).ok);
  });

  it('says why an account has no shell, and takes noisy ones', async () => {
    await on(
      "printf 'echo hello; echo noise >&2; stty size; PS1=x\\n' >/home/ops/.bashrc; chown ops: /home/ops/.bashrc",
    );
    const noisy = await connected('ops');
    assert.deepEqual((await read(noisy, 'id -un; echo err >&2')).stdout.text, 'root\n');
    await on('usermod -s /usr/sbin/nologin ops');
    const nologin = await tried('ops', false);
    assert.equal(nologin.ok ? 'in' : nologin.error.code, 'shell-unusable');
    assert.match(nologin.ok ? '' : nologin.error.message, /not available/);
  });

  it('keeps the ledger of an ordinary user at home', async () => {
    const connection = await connected('ops', false);
    const runId = newRunId();
    await locked(connection, runId);
    assert.deepEqual((await connection.change(changeOf(runId, 'id -un'), NEVER)).stdout.text, 'ops\n');
    assert.match(await on('ls -ld /home/ops/.local/state/runbook'), /^drwx------ \d+ ops/);
  });

  it('runs one step as another user, and ends it', async () => {
    const connection = await connected();
    const as = (text: string, timeoutMs: number) =>
      connection.read({ script: script(text), timeoutMs, become: 'ops' }, NEVER);
    assert.equal((await as('id -un; pwd; echo $LC_ALL', 5000)).stdout.text, 'ops\n/\nC\n');
    assert.deepEqual((await as('echo "open', 5000)).end, { how: 'exit', code: 2 });
    assert.deepEqual((await as('sleep 98 & sleep 99', 300)).end, { how: 'timeout', gone: true });
    const missing = await connection.read({ script: script('true'), timeoutMs: 5000, become: 'nosuchuser' }, NEVER);
    assert.equal(missing.end.how, 'not-started');
  });
});

describe('the ssh transport on a host that has only BusyBox', function () {
  this.timeout(60_000);
  let web: FleetHost;
  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    web = await startLightHost({ name: 'busybox01' });
    await leaveOnlyBusybox(web);
    const { stdout } = await web.exec('for tool in setsid timeout sh; do readlink -f "$(command -v $tool)"; done');
    assert.match(stdout, /^(\S*\/busybox\n){3}$/);
  });
  after(() => web?.stop());

  describeTransport(() =>
    Promise.resolve({
      transport: createSshTransport(),
      host: fleetHost(web),
      look: async (command: string) => (await web.exec(`PATH=${PUT_AWAY}:$PATH; ${command}`)).stdout,
      cut: () => cutSessions(web),
    }),
  );
});
