import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Become, Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { changeOf, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { freeze } from '../support/freezer.ts';
import { skip } from '../support/skip.ts';
import { SURVIVORS, survivorsOf } from './survivors.ts';
import { cutSessions, fleetHost } from './transport-fleet.ts';
import { useLightHost } from './use-hosts.ts';

/** TERM and KILL have 5 s each on the host. */
const LIMIT_MS = 15_000;

describe('what a step started, whatever it is', function () {
  this.timeout(120_000);
  let web: FleetHost;
  let connection: Connection;
  let runId: string;
  const open: Connection[] = [];
  // In the arguments of each process of a test, and of no other.
  let number = 0;
  let mark: string;

  useLightHost('stop01', (started) => {
    web = started;
  });
  const connect = async (become: Become = true, user = 'root'): Promise<Connection> => {
    const options = { become, connectTimeoutMs: 10_000, secrets: {} };
    const connected = await createSshTransport().connect(fleetHost(web, user), options, NEVER);
    assert.ok(connected.ok, connected.ok ? '' : connected.error.message);
    open.push(connected.value);
    return connected.value;
  };
  beforeEach(async () => {
    mark = `77${process.pid}.${(number += 1)}`;
    runId = newRunId();
    connection = await connect();
    await locked(connection, runId);
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const everything = (): string =>
    `${Object.values(SURVIVORS)
      .map((start) => start(mark))
      .join('\n')}\nsleep ${mark}`;
  const left = (): Promise<readonly string[]> => survivorsOf(web, mark);
  const started = async (): Promise<void> => {
    let missing = Object.keys(SURVIVORS);
    for (let round = 0; round < 100 && missing.length > 0; round += 1) {
      const seen = (await left()).join('\n');
      missing = missing.filter((kind) => !seen.includes(` ${kind}.${mark}`));
      await pause(100);
    }
    assert.deepEqual(missing, [], 'not all has started');
  };
  const change = (text: string, signal = NEVER, timeoutMs = 30_000) =>
    connection.change(changeOf(runId, text, { timeoutMs }), signal);

  it('is gone after an abort, also what sudo started on a terminal of its own', async () => {
    await web.exec(`printf '%s\\n' 'Defaults !use_pty' 'Defaults>ops use_pty' >/etc/sudoers.d/pty`);
    const abort = new AbortController();
    const running = change(everything(), abort.signal);
    await started();
    const begun = performance.now();
    abort.abort();
    assert.deepEqual((await running).end, { how: 'cancelled', gone: true });
    assert.ok(performance.now() - begun < LIMIT_MS);
    assert.deepEqual(await left(), []);
  });

  it('is gone after an abort of a read, and of what another user started', async () => {
    for (const become of [true, 'ops']) {
      const abort = new AbortController();
      const text = `(setsid sleep ${mark} &)\nsleep ${mark}`;
      const running = connection.read({ script: script(text), timeoutMs: 30_000, become }, abort.signal);
      while ((await left()).length < 2) await pause(100);
      abort.abort();
      assert.deepEqual((await running).end, { how: 'cancelled', gone: true });
      assert.deepEqual(await left(), []);
    }
  });

  it('is gone at its deadline, though the connection was cut', async () => {
    // Long enough for all of them to start on a busy machine.
    const cut = change(everything(), NEVER, 8000);
    await started();
    await cutSessions(web);
    assert.equal((await cut).end.how, 'lost');
    for (let round = 0; round < 300 && (await left()).length > 0; round += 1) await pause(100);
    assert.deepEqual(await left(), []);
    assert.match((await web.exec(`cat /run/runbook/${runId}/web.step.1/rc`)).stdout, / gone\n/);
  });

  it('is left alone when the step ends by itself, and when a later one is ended', async () => {
    const first = await change(`setsid sleep ${mark} >/dev/null 2>&1 & sleep 0.3`);
    assert.deepEqual(first.end, { how: 'exit', code: 0 });
    const claim = { runId, step: 'web.later', attempt: 1, epoch: 1 };
    const later = await connection.change(changeOf(runId, 'sleep 99', { timeoutMs: 1000, claim }), NEVER);
    assert.deepEqual(later.end, { how: 'timeout', gone: true });
    assert.equal((await left()).length, 1);
    await web.exec(`pkill -f 'sleep [7]7'`);
  });

  it('counts as ended when it answers TERM with success', async () => {
    const abort = new AbortController();
    const running = change(`trap 'exit 0' TERM; sh -c 'sleep 60' ${mark} & wait`, abort.signal);
    while ((await left()).length < 1) await pause(100);
    abort.abort();
    assert.deepEqual((await running).end, { how: 'cancelled', gone: true });
  });

  it('is named when it may not be ended', async () => {
    const ops = await connect(false, 'ops');
    const abort = new AbortController();
    const text = `sudo -n sh -c 'trap "" TERM; while :; do sleep 1; done' root.${mark}`;
    const running = ops.read({ script: script(text), timeoutMs: 30_000 }, abort.signal);
    while (!/ sh -c/.test((await left()).join('\n'))) await pause(100);
    abort.abort();
    const { end } = await running;
    await web.exec(`pkill -KILL -f 'root.[7]7'`);
    assert.ok(end.how === 'cancelled' && !end.gone);
    assert.match(end.left ?? '', /process \d+ \((?:sudo|sh)\) is another user's/);
  });

  it('is named when it is in D state, and the host stays locked', async function () {
    const abort = new AbortController();
    const running = change(`sleep ${mark} & wait`, abort.signal);
    while (!(await left()).some((line) => line.endsWith(`sleep ${mark}`))) await pause(100);
    const thaw = await freeze(`sleep ${mark}`);
    if (thaw === undefined) skip(this, 'needs a freezer of control groups, version 1');
    try {
      abort.abort();
      const { end } = await running;
      assert.ok(end.how === 'cancelled' && !end.gone);
      assert.match(end.left ?? '', /^process \d+ \(sleep\) is in D state$/);
      await connection.close();
      const next = await connect();
      const note = { runId: newRunId(), host: 'web', epoch: 1, runbook: 'demo', by: 'ann', since: 'now' };
      const held = await next.lock(note, NEVER);
      assert.equal(held.ok ? 'free' : held.error.code, 'lock-held');
      await thaw();
      let free = false;
      for (let round = 0; round < 100 && !free; round += 1) {
        await pause(100);
        free = (await next.lock(note, NEVER)).ok;
      }
      assert.ok(free, 'the lock is free when it has ended');
    } finally {
      await thaw();
    }
  });
});
