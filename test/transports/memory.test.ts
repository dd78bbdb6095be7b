import assert from 'node:assert/strict';
import type { Host, HostFacts } from '../../src/model/host.ts';
import type { CommandResult } from '../../src/model/script.ts';
import type { Connection, Transport } from '../../src/model/transport.ts';
import { createMemoryTransport, type SimulatedHost, type SimulatedRequest } from '../../src/transports/memory.ts';
import { outputOf } from '../../src/transports/output.ts';
import { nearHost } from '../support/hosts.ts';
import { changeOf, NEVER, script } from '../conformance/transport.ts';

const facts: HostFacts = {
  os: 'debian',
  os_version: '12',
  kernel: '6.1',
  arch: 'x86_64',
  init: 'systemd',
  boot_id: 'boot-1',
  boot_time: '2026-01-01T00:00:00.000Z',
  time: '2026-01-02T00:00:00.000Z',
  cpus: 2,
  memory_bytes: 1024,
  machine_id: 'm',
  uid: 0,
};
const named = (name: string): Host => nearHost(name, 'memory');
const answer = (text: string): CommandResult => ({
  end: { how: 'exit', code: 0 },
  stdout: outputOf(text),
  stderr: outputOf(''),
  durationMs: 1,
});

describe('the memory transport', () => {
  let asked: SimulatedRequest[];
  const machine = (more: Partial<SimulatedHost> = {}): SimulatedHost => ({
    facts,
    respond: (request) => {
      asked.push(request);
      return answer(request.script.text);
    },
    ...more,
  });
  const open = async (transport: Transport, name = 'web01'): Promise<Connection> => {
    const connection = await transport.connect(
      named(name),
      { become: true, connectTimeoutMs: 1000, secrets: {} },
      NEVER,
    );
    assert.ok(connection.ok);
    return connection.value;
  };
  const note = (runId: string) => ({
    runId,
    host: 'web',
    epoch: 1,
    runbook: 'demo',
    by: 'ann',
    since: '2026-01-01T00:00:00Z',
  });
  beforeEach(() => {
    asked = [];
  });

  it('gives a read to the simulated host and its answer back', async () => {
    const connection = await open(createMemoryTransport(new Map([['web01', machine()]])));
    const result = await connection.read({ script: script('echo hi'), timeoutMs: 5000 }, NEVER);
    assert.equal(result.stdout.text, 'echo hi');
    assert.deepEqual([asked[0]?.effect, asked[0]?.timeoutMs, connection.facts], ['reads', 5000, facts]);
  });

  it('starts a change only under the lock, and once for one claim, whoever asks', async () => {
    const transport = createMemoryTransport(new Map([['web01', machine()]]));
    const first = await open(transport);
    assert.equal((await first.change(changeOf('r1', 'x'), NEVER)).end.how, 'not-started');
    assert.ok((await first.lock(note('r1'), NEVER)).ok);
    assert.equal((await first.change(changeOf('r1', 'x'), NEVER)).end.how, 'exit');
    await first.close('keep-claims');
    const second = await open(transport);
    assert.ok((await second.lock(note('r1'), NEVER)).ok);
    assert.deepEqual((await second.change(changeOf('r1', 'x'), NEVER)).end, { how: 'not-started', why: 'claimed' });
    assert.equal(asked.length, 1);
  });

  it('holds the lock until close, names who has it, and knows one machine under two names', async () => {
    const shared = machine();
    const transport = createMemoryTransport(
      new Map([
        ['web01', shared],
        ['alias', shared],
      ]),
    );
    const first = await open(transport);
    const alias = await open(transport, 'alias');
    assert.ok((await first.lock(note('r1'), NEVER)).ok);
    const twin = await alias.lock({ ...note('r1'), host: 'alias', epoch: 2 }, NEVER);
    assert.equal(twin.ok ? 'free' : twin.error.code, 'same-machine');
    const other = await alias.lock(note('r2'), NEVER);
    assert.equal(other.ok ? 'free' : other.error.code, 'lock-held');
    await first.close();
    assert.ok((await alias.lock(note('r2'), NEVER)).ok);
  });

  it('gives the lock to a later connection of the same run and host, and none to an earlier one', async () => {
    const transport = createMemoryTransport(new Map([['web01', machine()]]));
    const [first, second] = [await open(transport), await open(transport)];
    assert.ok((await first.lock({ ...note('r1'), epoch: 1 }, NEVER)).ok);
    assert.equal((await first.change(changeOf('r1', 'x'), NEVER)).end.how, 'exit');
    assert.ok((await second.lock({ ...note('r1'), epoch: 2 }, NEVER)).ok);
    const settled = await second.settle({ claim: changeOf('r1', 'x').claim }, NEVER);
    assert.equal(settled.ok && settled.value.state, 'ended');
    assert.equal((await first.change(changeOf('r1', 'y'), NEVER)).end.how, 'not-started');
    const held = await first.lock({ ...note('r1'), epoch: 1 }, NEVER);
    assert.equal(held.ok ? 'locked' : held.error.code, 'refused');
    await second.close();
    const free = await first.lock({ ...note('r1'), epoch: 1 }, NEVER);
    assert.equal(free.ok ? 'locked' : free.error.code, 'refused');
  });

  it('is held by another controller when the simulated host says so', async () => {
    const holder = note('r9');
    const connection = await open(createMemoryTransport(new Map([['web01', machine({ lockHolder: holder })]])));
    const lock = await connection.lock(note('r1'), NEVER);
    assert.match(lock.ok ? '' : lock.error.message, /locked by run r9 of demo, started by ann/);
  });

  it('runs what is asked together one after another', async () => {
    let running = 0;
    const slow = machine({
      respond: async ({ script: { text } }) => {
        running += 1;
        assert.equal(running, 1);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return answer(text);
      },
    });
    const connection = await open(createMemoryTransport(new Map([['web01', slow]])));
    const texts = ['a', 'b', 'c'];
    const results = await Promise.all(
      texts.map((text) => connection.read({ script: script(text), timeoutMs: 1 }, NEVER)),
    );
    assert.deepEqual(
      results.map(({ stdout }) => stdout.text),
      texts,
    );
  });

  it('settles a cancelled command at once, and tells the simulated host', async () => {
    const stuck = machine({ respond: () => new Promise(() => undefined) });
    const connection = await open(createMemoryTransport(new Map([['web01', stuck]])));
    const stop = new AbortController();
    const running = connection.read({ script: script('x'), timeoutMs: 1000 }, stop.signal);
    setImmediate(() => stop.abort());
    assert.deepEqual((await running).end, { how: 'cancelled', gone: true });
  });

  it('can’t be reached when the simulated host says why, or is not there', async () => {
    const error = { code: 'connection-refused', message: 'web01: down' } as const;
    const transport = createMemoryTransport(new Map([['web01', machine({ connectError: error })]]));
    const options = { become: true, connectTimeoutMs: 1, secrets: {} };
    assert.deepEqual(await transport.connect(named('web01'), options, NEVER), { ok: false, error });
    const missing = await transport.connect(named('web02'), options, NEVER);
    assert.equal(missing.ok ? 'in' : missing.error.code, 'address-unknown');
  });

  it('answers nothing after close', async () => {
    const connection = await open(createMemoryTransport(new Map([['web01', machine()]])));
    await connection.close();
    assert.equal((await connection.read({ script: script('x'), timeoutMs: 1 }, NEVER)).end.how, 'lost');
  });
});
