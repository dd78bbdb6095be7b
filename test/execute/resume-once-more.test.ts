import assert from 'node:assert/strict';
import type { RunEvent } from '../../src/model/event.ts';
import type { Runbook, Step } from '../../src/model/runbook.ts';
import { step } from '../support/runbook-builder.ts';
import { downRunbook, SICK, startUnit } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FrailHost } from '../support/frail-host.ts';
import { restart, restarting } from '../support/restarting.ts';
import { ResumeRig } from '../support/resume-rig.ts';
import { ACTIONS, set, setTo } from '../support/scripted-host.ts';

const REFUSED = { code: 'connection-refused', message: '192.0.2.1:22 refused' } as const;

const fixStep = (id: string, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'fix', action: set, params: setTo(id, 'new'), for: ['down'], ...parts });

function make(fix: readonly Step[], names: readonly string[] = ['web01'], parts: Partial<Runbook> = {}) {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(
    names.map((name) => [name, new FrailHost(clock, SICK, { boot_id: `boot-${name}`, machine_id: name })]),
  );
  for (const host of Object.values(hosts)) host.latencyMs = 100;
  const actions = new Map([...ACTIONS, ['restart', restart]]);
  const rig = new ResumeRig({ clock, hosts, runbook: downRunbook({ fix, ...parts }), actions });
  const at = (name: string): FrailHost => {
    const host = hosts[name];
    assert.ok(host);
    return host;
  };
  return { rig, at, host: at('web01'), clock };
}

type Made = ReturnType<typeof make>;

const THREE = ['web01', 'web02', 'web03'];
const CANARY: Partial<Runbook> = {
  limits: {
    ...downRunbook().limits,
    batches: [
      { kind: 'hosts', hosts: 1 },
      { kind: 'percent', percent: 100 },
    ],
  },
};

/** Cut off right after the n-th event of this type. */
async function cutAfter(type: RunEvent['type'], make: () => Made, nth = 0): Promise<Made> {
  const whole = make();
  await whole.rig.run();
  const after = whole.rig.events.filter((event) => event.type === type)[nth]?.seq;
  assert.ok(after !== undefined, `no ${type}`);
  const made = make();
  await made.rig.run({ after, told: true });
  return made;
}

describe('a run that was cut short and is resumed', () => {
  it('awaits the restart of a host that it told to, and believes no command that says it succeeded', async () => {
    const { rig, host, clock } = await cutAfter('step-intended', () => make([restarting, startUnit]));
    void clock.sleep(30_000).then(() => Object.assign(host, { facts: { ...host.facts, boot_id: 'boot-2' } }));
    assert.deepEqual((await rig.resume())?.counts, { repaired: 1 });
    assert.ok(clock.monotonic() > 30_000);
    assert.deepEqual(host.changes, ['restart', 'set unit up']);
  });

  it('does not take a host for restarted that never was', async () => {
    const { rig, host } = await cutAfter('step-intended', () => make([restarting, startUnit]));
    const finished = await rig.resume();
    assert.match(finished?.hosts['web01']?.reason ?? '', /not seen to restart within 2m/);
    assert.deepEqual(finished?.counts, { unknown: 1 });
    assert.deepEqual(host.changes, ['restart']);
  });

  it('sends what an interrupt kept from being sent when its connection was found broken', async () => {
    const { rig, host } = make([fixStep('one'), startUnit]);
    rig.onCommit = (event) => {
      if (event.type === 'step-ended' && event.step === 'one') rig.breakAll();
      if (event.type === 'step-intended' && event.step === 'start') rig.stop.abort('SIGINT');
    };
    assert.deepEqual((await rig.run())?.counts, { 'not-repaired': 1 });
    assert.deepEqual(host.changes, ['set one new']);
    rig.onCommit = () => undefined;
    assert.deepEqual((await rig.resume())?.counts, { repaired: 1 });
    assert.deepEqual(host.changes, ['set one new', 'set unit up']);
  });

  it('sends what a host that was lost for good kept from being sent', async () => {
    const { rig, host, clock } = make([fixStep('one'), startUnit]);
    const respond = host.respond.bind(host);
    rig.onCommit = (event) => {
      if (event.type !== 'step-intended' || event.step !== 'start') return;
      host.cuts = new Map([1, 2].map((number) => [host.requests + number, 'before'] as const));
      host.respond = async (request) => {
        // A network that is gone shows only after a while: the host is to be diagnosed anew, and is lost then.
        await clock.sleep(61_000);
        return respond(request);
      };
    };
    let cuts = 0;
    host.onCut = () => {
      cuts += 1;
      if (cuts === 2) host.connectError = REFUSED;
    };
    assert.deepEqual((await rig.run())?.counts, { unknown: 1 });
    delete host.connectError;
    host.respond = respond;
    rig.onCommit = () => undefined;
    assert.deepEqual((await rig.resume())?.counts, { repaired: 1 });
    assert.deepEqual(host.changes, ['set one new', 'set unit up']);
  });

  it('asks what became of a change whose end the store did not take', async () => {
    const { rig, host } = make([fixStep('one'), startUnit]);
    Object.assign(host, { settle: undefined }); // the claims that the transport keeps
    rig.onCommit = (event) => {
      rig.failing = event.type === 'step-intended';
    };
    await assert.rejects(rig.run(), /could not be written/);
    assert.deepEqual(host.changes, ['set one new']);
    rig.failing = false;
    rig.onCommit = () => undefined;
    assert.deepEqual((await rig.resume())?.counts, { repaired: 1 });
    assert.deepEqual(host.changes, ['set one new', 'set unit up']);
  });

  it('begins no host when more cannot be reached than max_unreachable allows', async () => {
    const limits = { ...downRunbook().limits, maxUnreachable: { kind: 'hosts', hosts: 1 } } as const;
    const { rig, at } = await cutAfter('approved', () => make([startUnit], THREE, { limits }));
    for (const name of ['web02', 'web03']) at(name).connectError = REFUSED;
    const finished = await rig.resume();
    assert.deepEqual(finished?.counts, { unreachable: 2, 'not-started': 1 });
    assert.match(finished?.hosts['web01']?.reason ?? '', /^2 of 3 hosts cannot be reached any more/);
    assert.deepEqual(at('web01').changes, []);
  });

  it('begins no other host when it does not know how the canary ended', async () => {
    const { rig, at } = await cutAfter('step-intended', () => make([startUnit], THREE, CANARY));
    at('web01').connectError = REFUSED;
    const finished = await rig.resume();
    assert.deepEqual(finished?.counts, { unknown: 1, 'not-started': 2 });
    assert.match(finished?.hosts['web02']?.reason ?? '', /web01.*it has worked on no host yet/);
    assert.deepEqual([...at('web02').changes, ...at('web03').changes], []);
  });

  it('counts no host as failed that was never started', async () => {
    const { rig, at } = await cutAfter('approved', () => {
      const made = make([startUnit], THREE, CANARY);
      made.host.connectError = REFUSED;
      return made;
    });
    assert.deepEqual((await rig.resume())?.counts, { unreachable: 1, repaired: 2 });
    assert.deepEqual(at('web03').changes, ['set unit up']);
  });
});

describe('the rollback of a run that was cut short before all hosts were begun', () => {
  const cutAtCanary = () => cutAfter('step-intended', () => make([fixStep('one'), startUnit], THREE, CANARY), 1);

  it('gives every host an end', async () => {
    const { rig } = await cutAtCanary();
    assert.deepEqual((await rig.resume('rollback'))?.counts, { 'rolled-back': 1, 'not-started': 2 });
    assert.equal(await rig.resume(), undefined);
  });

  it('begins none of them when it is gone on with after it was cut short itself', async () => {
    const { rig, at } = await cutAtCanary();
    const after = (rig.events.at(-1)?.seq ?? 0) + 4;
    assert.equal(await rig.resume('rollback', { after, told: true }), undefined);
    const asked = at('web02').requests;
    const finished = await rig.resume();
    assert.deepEqual(finished?.counts, { 'rolled-back': 1, 'not-started': 2 });
    assert.match(finished?.hosts['web02']?.reason ?? '', /was rolled back before/);
    assert.equal(at('web02').requests, asked);
  });
});
