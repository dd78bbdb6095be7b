import assert from 'node:assert/strict';
import type { HostFacts } from '../../../src/model/host.ts';
import type { CommandEnd } from '../../../src/model/script.ts';
import { downRunbook, freeLock, oneHost, SICK, startUnit, unitIsUp } from '../../support/down-runbook.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { restarting } from '../../support/restarting.ts';
import { RunRig } from '../../support/run-rig.ts';
import { condition, constant, verifying } from '../../support/runbook-builder.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';

const REFUSED = { code: 'connection-refused', message: 'connection refused' } as const;

/** The host goes down on `restart`, whose answer is `end`, and is there again after so many milliseconds. */
function world(back: number | undefined, end: CommandEnd = { how: 'exit', code: 0 }, facts: Partial<HostFacts> = {}) {
  const made = oneHost({ fix: [restarting, startUnit], verify: verifying([unitIsUp]) }, SICK);
  goesDown(made.host, back, end, facts);
  return made;
}

function goesDown(
  host: ScriptedHost,
  back: number | undefined,
  end: CommandEnd = { how: 'exit', code: 0 },
  facts: Partial<HostFacts> = {},
): void {
  host.fault = (text) => {
    if (text !== 'restart') return undefined;
    if (back !== undefined) {
      host.connectError = REFUSED;
      void host.clock.sleep(back).then(() => comeBack(host, facts));
    }
    return { end };
  };
}

function comeBack(host: ScriptedHost, facts: Partial<HostFacts>): void {
  delete host.connectError;
  Object.assign(host, { facts: { ...host.facts, boot_id: 'boot-2', boot_time: '2026-01-01T00:00:09Z', ...facts } });
}

describe('a step that restarts its host', () => {
  it('ends when the host is there with another boot id, and what comes after it sees the new boot', async () => {
    const { rig, host, journal } = world(30_000);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    const ended = journal.of('step-ended').find((event) => event.step === 'again');
    assert.deepEqual([ended?.status, ended?.output?.['boot']], ['changed', 'boot-2']);
    const took = Number(ended?.output?.['took']);
    assert.ok(took >= 30_000 && took < 33_000, String(took));
    const next = journal.of('step-intended').find((event) => event.step === 'start');
    assert.equal(next?.bootId, 'boot-2');
    assert.deepEqual(host.changes, ['restart', 'set unit up']);
  });

  it('is proven by the new boot when the connection broke, too, or the shutdown ended its shell', async () => {
    for (const end of [{ how: 'lost' }, { how: 'signal', signal: 'TERM' }] as const) {
      const { rig } = world(10_000, end);
      assert.equal((await rig.go()).hosts['web01']?.outcome, 'repaired');
    }
  });

  it('takes the lock again, and has the host diagnosed anew before the next step', async () => {
    const { rig, host, journal } = world(10_000);
    await rig.go();
    assert.equal(journal.of('lock-taken').length, 2);
    const [from = 0, to = 0] = ['restart', 'set unit up'].map((text) =>
      host.reached.findIndex((reached) => reached.text === text),
    );
    assert.ok(host.reached.slice(from, to).some(({ text }) => text === 'look unit'));
  });

  it('waits for a host that still answers while it goes down', async () => {
    const { rig, host, clock } = world(undefined);
    const fault = host.fault;
    host.fault = (text, earlier) => {
      if (text === 'restart') void clock.sleep(20_000).then(() => comeBack(host, {}));
      return fault(text, earlier);
    };
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'repaired');
    assert.ok(rig.connectedTo.length > 8);
  });

  it('is unknown, and the last thing done there, when the host keeps its boot id or does not come back', async () => {
    for (const [back, why] of [
      [undefined, 'it answers, with the boot id that it had'],
      [1_000_000, 'connection refused'],
    ] as const) {
      const { rig, host } = world(back);
      const web01 = (await rig.go()).hosts['web01'];
      assert.equal(web01?.outcome, 'unknown');
      assert.match(web01.reason, new RegExp(`it was not seen to restart within 2m: ${why}`));
      assert.deepEqual(host.changes, ['restart']);
    }
  });

  it('has failed when its command did, and nothing is waited for', async () => {
    const { rig, clock } = world(undefined, { how: 'exit', code: 1 });
    const begun = clock.monotonic();
    const web01 = (await rig.go()).hosts['web01'];
    assert.equal(web01?.outcome, 'not-repaired');
    assert.match(web01.reason, /it refused/);
    assert.ok(clock.monotonic() - begun < 10_000);
  });

  it('is unknown when another run has the host since', async () => {
    const { rig, host } = world(10_000);
    const fault = host.fault;
    host.fault = (text, earlier) => {
      if (text === 'restart') {
        host.lockHolder = {
          runId: 'other',
          host: 'web',
          epoch: 1,
          runbook: 'r',
          by: 'bob@desk',
          since: '2026-01-01T00:00:00Z',
        };
      }
      return fault(text, earlier);
    };
    const web01 = (await rig.go()).hosts['web01'];
    assert.equal(web01?.outcome, 'unknown');
    assert.match(web01.reason, /it has restarted, but its lock is not ours any more: locked by run other/);
    assert.deepEqual(host.changes, ['restart']);
  });

  it('is not sent to the machine that the run itself is on, which could not see it come back', async () => {
    const { rig, host } = world(10_000);
    Object.assign(rig.bound[0]?.host ?? {}, { connection: 'local' });
    const web01 = (await rig.go()).hosts['web01'];
    assert.equal(web01?.outcome, 'not-repaired');
    assert.match(web01.reason, /again: this run is on that machine .* restart it by hand/);
    assert.deepEqual(host.changes, []);
  });

  it('has a host diagnosed anew that another one has restarted in the middle of its fix', async () => {
    const clock = new FakeClock();
    const [web01, web02] = ['web01', 'web02'].map((name) => new ScriptedHost(clock, SICK, { machine_id: name })) as [
      ScriptedHost,
      ScriptedHost,
    ];
    goesDown(web01, 10_000);
    web01.latencyMs = 100;
    const ofWeb02 = {
      ...restarting,
      when: [condition(({ host }) => host.name === 'web02')],
      delegate: constant('web01'),
    };
    const limits = { ...downRunbook().limits, batches: [{ kind: 'percent', percent: 100 }] as const };
    const fix = [freeLock, ofWeb02, startUnit];
    const rig = new RunRig({ clock, runbook: downRunbook({ fix, limits }), hosts: { web01, web02 } });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { repaired: 2 });
    const [restarted = 0, started = 0] = ['restart', 'set unit up'].map((text) =>
      web01.reached.findIndex((reached) => reached.text === text),
    );
    assert.ok(restarted < started);
    assert.ok(web01.reached.slice(restarted, started).some(({ text }) => text === 'look unit'));
  });

  it('is unknown when the run is interrupted twice while the host is down', async () => {
    const { rig, clock } = world(1_000_000);
    rig.journal.onCommit = ({ type }) => {
      if (type !== 'step-intended') return;
      void clock.sleep(9000).then(() => {
        rig.stop.abort('SIGINT');
        rig.kill.abort();
      });
    };
    const web01 = (await rig.go()).hosts['web01'];
    assert.equal(web01?.outcome, 'unknown');
    assert.match(web01.reason, /interrupted before it was seen to restart/);
  });
});
