import assert from 'node:assert/strict';
import type { Runbook, Step } from '../../src/model/runbook.ts';
import { constant, expression, field, finding, condition, step } from '../support/runbook-builder.ts';
import { downRunbook, SICK, startUnit } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { PLAN, RunRig } from '../support/run-rig.ts';
import { ScriptedHost, set, setTo } from '../support/scripted-host.ts';

/** Purges what all hosts share. */
const purge = step({
  id: 'purge',
  phase: 'fix',
  action: set,
  params: setTo('cache', 'purged'),
  for: ['down'],
  once: true,
});

const FIX: readonly Step[] = [purge, startUnit];
const NAMES = ['web01', 'web02', 'web03'];

function fleet(parts: Partial<Runbook> = {}, more: Partial<ConstructorParameters<typeof RunRig>[0]> = {}) {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(
    NAMES.map((name) => [
      name,
      new ScriptedHost(clock, { ...SICK, cache: 'full' }, { boot_id: name, machine_id: name }),
    ]),
  );
  const rig = new RunRig({ clock, runbook: downRunbook({ fix: FIX, ...parts }), hosts, ...more });
  const at = (name: string): ScriptedHost => {
    const host = hosts[name];
    assert.ok(host);
    return host;
  };
  const sent = (): readonly string[] =>
    NAMES.flatMap((name) =>
      at(name)
        .changes.filter((text) => text === 'set cache purged')
        .map(() => name),
    );
  return { clock, rig, at, sent, journal: rig.journal };
}

const canary = {
  ...downRunbook().limits,
  batches: [
    { kind: 'hosts', hosts: 1 },
    { kind: 'percent', percent: 100 },
  ] as const,
};

const allAtOnce = { ...canary, batches: [{ kind: 'percent', percent: 100 }] as const };

describe('a step that is carried out once', () => {
  it('is sent by the first host that comes to it; the others wait and have its result, as ok', async () => {
    const { rig, at, sent, journal } = fleet();
    at('web01').latencyMs = 5000;
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { repaired: 3 });
    assert.equal(sent().length, 1);
    const [by] = sent();
    const ends = journal.of('step-ended').filter(({ step: id, phase }) => id === 'purge' && phase === 'fix');
    const own = ends.find(({ host }) => host === by);
    assert.deepEqual([own?.status, own?.onceBy, own?.output], ['changed', undefined, { before: 'full' }]);
    assert.equal(ends.length, 3);
    for (const other of ends.filter(({ host }) => host !== by)) {
      assert.deepEqual([other.status, other.onceBy, other.output], ['ok', by, { before: 'full' }]);
    }
  });

  it('is carried out by the canary, and those of later batches have its result', async () => {
    const { rig, sent, journal } = fleet({ limits: canary });
    await rig.go();
    assert.deepEqual(sent(), ['web01']);
    const shared = journal
      .of('step-ended')
      .flatMap(({ host, onceBy }) => (onceBy === undefined ? [] : [[host, onceBy]]));
    assert.deepEqual(shared, [
      ['web02', 'web01'],
      ['web03', 'web01'],
    ]);
  });

  it('gives later steps of all hosts its output', async () => {
    const reads = {
      ...startUnit,
      when: [condition((scope) => field(scope, 'purge', 'before') === 'full', { steps: ['purge'] })],
    };
    const { rig } = fleet({ fix: [purge, reads] });
    assert.deepEqual((await rig.go()).counts, { repaired: 3 });
  });

  it('is not carried out by a host that skips it', async () => {
    const picky = { ...purge, when: [condition(({ host }) => host.name !== 'web01')] };
    const { rig, sent } = fleet({ fix: [picky, startUnit], limits: canary });
    await rig.go();
    assert.equal(sent().length, 1);
    assert.notEqual(sent()[0], 'web01');
  });

  it('is carried out once for each item, wherever that stands in the list of a host', async () => {
    const each: Step = {
      ...purge,
      loop: expression(({ host }) => (host.name === 'web01' ? ['a', 'b'] : ['b', 'c', 'a'])),
      params: expression(({ item }) => setTo(`cache-${String(item)}`, 'purged')),
    };
    const { rig, at } = fleet({ fix: [each, startUnit], limits: canary });
    assert.deepEqual((await rig.go()).counts, { repaired: 3 });
    const all = NAMES.flatMap((name) => at(name).changes.filter((text) => text.startsWith('set cache')));
    assert.deepEqual(all.toSorted(), ['set cache-a purged', 'set cache-b purged', 'set cache-c purged']);
    assert.equal(at('web01').changes.length, 3);
  });

  it('fails for all when it fails', async () => {
    const { rig, at, sent } = fleet();
    for (const name of NAMES)
      at(name).fault = (text) =>
        text === 'set cache purged' ? { end: { how: 'exit', code: 1 }, stderr: 'locked' } : undefined;
    const finished = await rig.go();
    assert.equal(sent().length, 1);
    assert.deepEqual(finished.counts, { 'not-repaired': 3 });
    const reasons = Object.values(finished.hosts).map(({ reason }) => reason);
    assert.equal(
      reasons.filter((reason) => /^purge: for web0\d, which carried it out: locked;/.test(reason)).length,
      2,
    );
  });

  it('says how it failed also to a host that comes to it after it was undone', async () => {
    const { rig, at } = fleet({ limits: { ...allAtOnce, maxFailures: { kind: 'hosts', hosts: 9 } } }, { forks: 1 });
    at('web01').fault = (text) =>
      text === 'set cache purged' ? { end: { how: 'exit', code: 1 }, stderr: 'locked' } : undefined;
    const finished = await rig.go();
    assert.match(finished.hosts['web02']?.reason ?? '', /^purge: for web01, which carried it out: locked;/);
  });

  it('is failed for the others when nobody knows whether it ran', async () => {
    const { rig, at, sent } = fleet();
    for (const name of NAMES)
      at(name).fault = (text) => (text === 'set cache purged' ? { end: { how: 'lost' } } : undefined);
    const finished = await rig.go();
    assert.equal(sent().length, 1);
    assert.deepEqual(finished.counts, { unknown: 1, 'not-repaired': 2 });
  });

  it('is carried out by the next host when nothing of it ever began', async () => {
    const { rig, at, sent } = fleet(
      { limits: { ...canary, maxFailures: { kind: 'hosts', hosts: 9 }, batches: [{ kind: 'percent', percent: 100 }] } },
      { forks: 1 },
    );
    at('web01').fault = (text) =>
      text === 'set cache purged' ? { end: { how: 'not-started', why: 'no fork' } } : undefined;
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { 'not-repaired': 1, repaired: 2 });
    assert.deepEqual(sent(), ['web01', 'web02']);
  });

  describe('that a host takes over after it waited for another for more than 60 s', () => {
    it('is sent only after a new diagnosis', async () => {
      const { rig, at, sent } = slowToFail();
      const finished = await rig.go();
      assert.deepEqual(finished.counts, { 'not-repaired': 1, repaired: 2 });
      const taker = at(sent()[1] ?? '');
      const sentAt = taker.reached.findIndex(({ text }) => text === 'set cache purged');
      const last = taker.reached.slice(0, sentAt).findLast(({ text }) => text === 'look unit');
      assert.ok((taker.reached[sentAt]?.from ?? 0) - (last?.to ?? 0) < 60_000);
      assert.ok((last?.from ?? 0) > 70_000);
    });

    it('is not sent when what it is for is gone', async () => {
      const { rig, at, sent } = slowToFail({}, ({ at: host }) => {
        for (const name of ['web02', 'web03']) host(name).values.set('unit', 'up');
      });
      await rig.go();
      assert.deepEqual(sent(), ['web01']);
      assert.deepEqual([at('web02').changes, at('web03').changes], [[], []]);
    });

    it('is composed anew, and not sent for an item that is gone', async () => {
      const each: Step = {
        ...purge,
        loop: expression((scope) => (field(scope, 'unit', 'value') === 'down' ? ['', '2'] : ['2'])),
        params: expression((scope) =>
          setTo(`cache${String(scope.item)}`, field(scope, 'unit', 'value') === 'down' ? 'purged' : 'anew'),
        ),
      };
      const always = finding({ name: 'down', when: (scope) => field(scope, 'unit', 'value') !== 'up' });
      const { rig, at } = slowToFail({ fix: [each, startUnit], findings: [always] }, ({ at: host }) => {
        for (const name of ['web02', 'web03']) host(name).values.set('unit', 'limping');
      });
      await rig.go();
      const others = ['web02', 'web03'].flatMap((name) =>
        at(name).changes.filter((text) => text.startsWith('set cache')),
      );
      assert.deepEqual(others, ['set cache2 anew']);
    });

    it('is not sent when something blocks the fix by then', async () => {
      const held = finding({
        name: 'held',
        severity: 'blocks',
        when: (scope) => field(scope, 'unit', 'value') === 'held',
      });
      const goesOn: Step = { ...purge, onFailure: 'continue' };
      const { rig, at, sent } = slowToFail(
        { fix: [goesOn, startUnit], findings: [...downRunbook().findings, held] },
        ({ at: host }) => {
          for (const name of ['web02', 'web03']) host(name).values.set('unit', 'held');
        },
      );
      const finished = await rig.go();
      assert.deepEqual(sent(), ['web01']);
      assert.deepEqual([at('web02').changes, at('web03').changes], [[], []]);
      assert.match(finished.hosts['web02']?.reason ?? '', /blocked/);
    });
  });

  it('is undone with the host that carried it out when nobody has gone on with its result', async () => {
    const { rig, at, sent } = fleet({ limits: canary });
    at('web01').fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
    const finished = await rig.go();
    assert.deepEqual(sent(), ['web01']);
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.equal(at('web01').values.get('cache'), 'full');
  });

  it('is kept when another host has gone on with its result, and the report says for whom', async () => {
    const { rig, at, sent } = fleet({}, { forks: 3 });
    at('web01').fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
    at('web01').latencyMs = 10;
    for (const name of ['web02', 'web03']) at(name).latencyMs = 20;
    const finished = await rig.go();
    assert.deepEqual(sent(), ['web01']);
    assert.deepEqual([finished.hosts['web02']?.outcome, finished.hosts['web03']?.outcome], ['repaired', 'repaired']);
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.match(
      finished.hosts['web01'].reason,
      /cannot be undone: purge \(kept: web0\d, web0\d went on with its result\)$/,
    );
    assert.equal(at('web01').values.get('cache'), 'purged');
  });

  it('is failed for a host that comes to it after it was undone', async () => {
    const { rig, at, sent } = fleet({}, { forks: 1 });
    at('web01').fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
    const finished = await rig.go();
    assert.deepEqual(sent(), ['web01']);
    assert.deepEqual(finished.counts, { 'rolled-back': 1, 'not-repaired': 2 });
    assert.match(finished.hosts['web02']?.reason ?? '', /^purge: web01, which carried it out, has undone it again/);
  });

  it('is not needed any more by a host that was rolled back itself', async () => {
    const slowly: Step = {
      ...startUnit,
      id: 'slowly',
      action: set,
      when: [condition(({ host }) => host.name === 'web01')],
      loop: constant([1, 2, 3, 4, 5]),
      params: expression(({ item }) => setTo(`part-${String(item)}`, 'new')),
    };
    const { rig, at } = fleet({ fix: [purge, slowly, startUnit] }, { forks: 3 });
    at('web01').latencyMs = 10;
    for (const name of ['web02', 'web03']) at(name).latencyMs = 20;
    for (const name of NAMES) {
      at(name).fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
    }
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { 'rolled-back': 1, 'not-repaired': 2 });
    assert.ok(NAMES.every((name) => at(name).values.get('cache') === 'full'));
  });

  it('that is waited for when the run is interrupted ends, and nothing is begun after it', async () => {
    const { rig, at, journal } = fleet();
    for (const name of NAMES) at(name).latencyMs = 1000;
    rig.journal.onCommit = (event) => {
      if (event.type === 'step-intended') rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.equal(journal.of('step-intended').length, 1);
    assert.deepEqual(finished.counts, { 'not-repaired': 1, 'not-started': 2 });
    assert.equal(finished.exitCode, 130);
  });

  it('is begun by no host that waits for it when the run is interrupted and it could not be sent', async () => {
    const { rig, at, sent } = fleet({ limits: allAtOnce }, { forks: 3 });
    for (const name of NAMES) {
      at(name).latencyMs = 1000;
      at(name).fault = (text) => {
        if (text !== 'set cache purged') return undefined;
        rig.stop.abort('SIGINT');
        return { end: { how: 'not-started', why: 'no fork' } };
      };
    }
    const finished = await rig.go();
    assert.deepEqual(sent(), ['web01']);
    assert.deepEqual(finished.counts, { 'not-started': 3 });
  });

  it('is in the plan of every host, and the plan that was approved holds for whoever comes first', async () => {
    const first = fleet({}, { mode: 'plan' });
    const plan = first.rig.decide(await first.rig.run.survey());
    await first.rig.run.close();
    assert.ok(plan.hosts.every(({ steps }) => steps[0]?.once === true && steps[0].command.kind === 'exact'));
    const later = fleet({ limits: canary }, { approved: plan });
    later.at('web01').values.set('unit', 'up');
    const finished = await later.rig.go(PLAN);
    assert.deepEqual(finished.counts, { healthy: 1, repaired: 2 });
    assert.deepEqual(later.sent().length, 1);
  });

  it('may be delegated, and is sent there once', async () => {
    const clock = new FakeClock();
    const lb = new ScriptedHost(clock, { cache: 'full' }, { boot_id: 'lb', machine_id: 'lb' });
    const { rig, sent } = fleet(
      { fix: [{ ...purge, delegate: constant('lb01') }, startUnit] },
      { delegates: { lb01: lb } },
    );
    assert.deepEqual((await rig.go()).counts, { repaired: 3 });
    assert.deepEqual([lb.changes, sent()], [['set cache purged'], []]);
  });
});

/** The first host that comes to it is found unable to begin it only 70 s later. */
function slowToFail(
  parts: Partial<Runbook> = {},
  meanwhile: (hosts: ReturnType<typeof fleet>) => void = () => undefined,
) {
  const hosts = fleet({ limits: { ...allAtOnce, maxFailures: { kind: 'hosts', hosts: 9 } }, ...parts }, { forks: 3 });
  const { rig, at } = hosts;
  for (const [index, name] of NAMES.entries()) at(name).latencyMs = 10 * (index + 1);
  rig.journal.onCommit = (event) => {
    if (event.type === 'step-intended' && event.host === 'web01') at('web01').latencyMs = 70_000;
  };
  at('web01').fault = (text) => {
    if (text !== 'set cache purged') return undefined;
    meanwhile(hosts);
    return { end: { how: 'not-started', why: 'no fork' } };
  };
  return hosts;
}
