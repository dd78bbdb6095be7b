import assert from 'node:assert/strict';
import { action as shell } from '../../src/actions/shell.ts';
import { Exec } from '../../src/execute/exec.ts';
import type { RunFinished } from '../../src/model/event.ts';
import type { BoundHost } from '../../src/model/host.ts';
import type { SitePolicy } from '../../src/model/policy.ts';
import type { CommandEnd } from '../../src/model/script.ts';
import type { LockNote, Transport } from '../../src/model/transport.ts';
import { execOrder } from '../../src/plan/exec-order.ts';
import { execRunbook, type ExecCommand } from '../../src/plan/exec-runbook.ts';
import { createMemoryTransport } from '../../src/transports/memory.ts';
import { MASK, Secret } from '../../src/util/secret.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryJournal } from '../support/run-rig.ts';
import { boundHost, ScriptedHost } from '../support/scripted-host.ts';

const ACTIONS = new Map([[shell.name, shell]]);
const exits = (code: number): { end: CommandEnd } => ({ end: { how: 'exit', code } });

interface Rig {
  readonly journal: MemoryJournal;
  readonly hosts: Readonly<Record<string, ScriptedHost>>;
  /** What was left on hosts while they were locked. */
  readonly locks: readonly LockNote[];
  readonly stop: AbortController;
  go(): Promise<RunFinished>;
}

/** `set unit up` on so many hosts. */
function rigOf(
  count: number,
  parts: Partial<ExecCommand> = {},
  secrets: BoundHost['secrets'] = {},
  policy?: SitePolicy,
): Rig {
  const clock = new FakeClock();
  const names = Array.from({ length: count }, (_, index) => `web${index + 1}`);
  const facts = (name: string) => ({ boot_id: `boot-${name}`, machine_id: `machine-${name}` });
  const hosts = Object.fromEntries(
    names.map((name) => [name, new ScriptedHost(clock, { unit: 'down' }, facts(name))] as const),
  );
  const journal = new MemoryJournal();
  const stop = new AbortController();
  const command = { shell: 'set unit up' };
  const runbook = execRunbook(
    { command, reads: false, become: false, timeoutMs: 30_000, limits: {}, ...parts },
    'all',
    ACTIONS,
  );
  const locks: LockNote[] = [];
  const transport = notingLocks(createMemoryTransport(new Map(Object.entries(hosts))), locks);
  const exec = new Exec({
    runId: 'run1',
    mode: 'exec',
    runbook,
    hosts: names.map((name) => ({ ...boundHost(name), secrets })),
    actions: ACTIONS,
    transportOf: () => transport,
    journal,
    ...(policy !== undefined && { policy }),
    attempts: () => [],
    overrides: {},
    clock,
    forks: 10,
    connectTimeoutMs: 10_000,
    startedBy: { user: 'ann', loginUser: 'ann', machine: 'desk', reason: '', trigger: 'person' },
    version: '0',
    stop: stop.signal,
    kill: new AbortController().signal,
  });
  const go = async (): Promise<RunFinished> => {
    try {
      return await exec.send(execOrder(runbook.limits, names.length, await exec.connect()));
    } finally {
      await exec.close();
    }
  };
  return { journal, hosts, locks, stop, go };
}

function notingLocks(transport: Transport, notes: LockNote[]): Transport {
  return {
    connect: async (...asked) => {
      const connected = await transport.connect(...asked);
      if (!connected.ok) return connected;
      const connection = connected.value;
      const lock = connection.lock.bind(connection);
      connection.lock = (note, signal) => {
        notes.push(note);
        return lock(note, signal);
      };
      return connected;
    },
  };
}

const changed = ({ hosts }: Rig): readonly string[] =>
  Object.entries(hosts).flatMap(([name, host]) => (host.changes.length > 0 ? [name] : []));

describe('an exec', () => {
  it('is not sent, nor a lock taken for it, where a rule of the site forbids repairs; what only reads is', async () => {
    const policy: SitePolicy = {
      review: (planned) =>
        planned.host === 'web1'
          ? { ...planned, outcome: 'refused', reason: `by a rule${planned.reason}`, hint: 'wait', steps: [] }
          : planned,
      mostRisk: () => undefined,
    };
    const rig = rigOf(2, {}, {}, policy);
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { refused: 1, done: 1 });
    assert.equal(finished.hosts['web1']?.reason, 'by a rule');
    assert.deepEqual([rig.hosts['web1']?.changes, rig.locks.map(({ host }) => host)], [[], ['web2']]);
    assert.deepEqual((await rigOf(2, { reads: true }, {}, policy).go()).counts, { done: 2 });
  });

  it('sends a change once to each host, locked, intended before, and in batches', async () => {
    const rig = rigOf(5);
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { done: 5 });
    assert.equal(finished.exitCode, 0);
    for (const host of Object.values(rig.hosts)) assert.deepEqual(host.changes, ['set unit up']);
    assert.deepEqual(
      rig.journal.of('batch-started').map(({ hosts }) => hosts),
      [['web1'], ['web2', 'web3'], ['web4', 'web5']],
    );
    const kinds = rig.journal.events
      .filter((event) => 'host' in event && event.host === 'web1')
      .map(({ type }) => type);
    assert.deepEqual(kinds.slice(0, 4), ['host-connected', 'lock-taken', 'attempt-begun', 'step-intended']);
    const [intent] = rig.journal.of('step-intended');
    assert.equal(intent?.phase, 'exec');
    assert.equal(intent.summary, 'set unit up');
  });

  it('goes to no further host when the canary fails', async () => {
    const rig = rigOf(4);
    for (const host of Object.values(rig.hosts)) host.fault = () => exits(3);
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { failed: 1, 'not-started': 3 });
    assert.equal(finished.exitCode, 2 | 8);
    assert.deepEqual(changed(rig), ['web1']);
    assert.match(finished.hosts['web1']?.reason ?? '', /exit code 3/);
  });

  it('goes on as far as max_failures lets it', async () => {
    const rig = rigOf(4, {
      limits: { maxFailures: { kind: 'hosts', hosts: 3 }, batches: [{ kind: 'percent', percent: 100 }] },
    });
    for (const name of ['web2', 'web3']) (rig.hosts[name] as ScriptedHost).fault = () => exits(1);
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { done: 2, failed: 2 });
    assert.equal(finished.exitCode, 2);
  });

  it('says unknown when the answer to a change is lost, and never sends it again', async () => {
    const rig = rigOf(1);
    (rig.hosts['web1'] as ScriptedHost).fault = () => ({ end: { how: 'lost' }, done: true });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { unknown: 1 });
    assert.equal(finished.exitCode, 32);
    assert.equal(rig.hosts['web1']?.changes.length, 1);
  });

  it('changes nothing when too many hosts cannot be reached', async () => {
    const rig = rigOf(8);
    for (const name of ['web1', 'web2', 'web3', 'web4'])
      (rig.hosts[name] as ScriptedHost).connectError = { code: 'connection-refused', message: 'refused' };
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { unreachable: 4, 'not-started': 4 });
    assert.equal(finished.exitCode, 4 | 8);
    assert.deepEqual(changed(rig), []);
    assert.equal(rig.journal.of('limit-reached')[0]?.limit, 'max_unreachable');
  });

  it('leaves a host alone that somebody else has locked', async () => {
    const rig = rigOf(2);
    (rig.hosts['web1'] as ScriptedHost).lockHolder = {
      runId: 'other',
      host: 'web',
      epoch: 1,
      runbook: 'x',
      by: 'bob',
      since: '2026',
    };
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { refused: 1, done: 1 });
    assert.equal(finished.exitCode, 16);
  });

  describe('that only reads', () => {
    it('asks all hosts at once, without a lock, and a failure stops nothing', async () => {
      const rig = rigOf(4, { command: { shell: 'look unit' }, reads: true });
      (rig.hosts['web1'] as ScriptedHost).fault = () => exits(1);
      const finished = await rig.go();
      assert.deepEqual(finished.counts, { failed: 1, done: 3 });
      assert.equal(rig.journal.of('lock-taken').length, 0);
      assert.equal(rig.journal.of('batch-started').length, 0);
      assert.deepEqual(changed(rig), []);
      assert.equal(rig.journal.of('evidence').find(({ host }) => host === 'web2')?.output.text, 'down');
    });

    it('asks those that can be reached, however few they are', async () => {
      const rig = rigOf(5, { command: { shell: 'look unit' }, reads: true });
      for (const name of ['web1', 'web2', 'web3', 'web4'])
        (rig.hosts[name] as ScriptedHost).connectError = { code: 'connection-refused', message: 'refused' };
      const finished = await rig.go();
      assert.deepEqual(finished.counts, { unreachable: 4, done: 1 });
      assert.equal(finished.exitCode, 4);
    });

    it('calls a host unreachable that was lost in between', async () => {
      const rig = rigOf(1, { command: { shell: 'look unit' }, reads: true });
      (rig.hosts['web1'] as ScriptedHost).fault = () => ({ end: { how: 'lost' } });
      assert.deepEqual((await rig.go()).counts, { unreachable: 1 });
    });
  });

  it('starts nothing once it is interrupted', async () => {
    const rig = rigOf(3);
    (rig.hosts['web1'] as ScriptedHost).fault = () => {
      rig.stop.abort('SIGINT');
      return undefined;
    };
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { done: 1, 'not-started': 2 });
    assert.equal(finished.exitCode, 130);
    assert.equal(rig.journal.of('run-interrupted').length, 1);
  });

  it('is known by its command without the secrets that were typed in it, on the host too', async () => {
    const secret = new Secret('hunter2-of-sudo');
    const rig = rigOf(1, { command: { shell: 'echo hunter2-of-sudo' } }, { becomePassword: secret });
    const plain = rigOf(1, { command: { shell: 'echo hunter2-of-sudo' } });
    const said: string[] = [];
    const host = rig.hosts['web1'] as ScriptedHost;
    const respond = host.respond.bind(host);
    host.respond = (request) => {
      said.push(request.script.summary);
      return respond(request);
    };
    await rig.go();
    await plain.go();
    assert.deepEqual(said, [`echo ${MASK}`]);
    assert.doesNotMatch(JSON.stringify(rig.journal.events), /hunter2/);
    const [started] = rig.journal.of('run-started');
    assert.equal(started?.runbook, `echo ${MASK}`);
    assert.notEqual(started.runbookSha256, plain.journal.of('run-started')[0]?.runbookSha256);
    assert.equal(rig.locks[0]?.runbook, `echo ${MASK}`);
    assert.equal(plain.locks[0]?.runbook, 'echo hunter2-of-sudo');
  });

  it('leaves one short line in the lock of a host, however long its command is', async () => {
    const rig = rigOf(1, { command: { shell: `echo ${'x'.repeat(9000)}` } });
    await rig.go();
    assert.equal(rig.locks[0]?.runbook.length, 200);
    assert.equal(rig.journal.of('run-started')[0]?.runbook.length, 9005);
  });

  it('gives its words to no shell', () => {
    const argv = ['rm', '-rf', '$(reboot)'];
    const runbook = execRunbook(
      { command: { argv }, reads: false, become: true, timeoutMs: 1000, limits: {} },
      'web',
      new Map([['command', shell]]),
    );
    assert.equal(runbook.name, "rm -rf '$(reboot)'");
    const params = runbook.fix[0]?.params.evaluate(undefined as never);
    assert.deepEqual(params, { ok: true, value: { argv } });
  });
});
