import assert from 'node:assert/strict';
import type { ComposeContext } from '../../src/model/action.ts';
import type { Step } from '../../src/model/runbook.ts';
import { drain, drained, FIX, pool, putBack } from '../support/balanced-pool.ts';
import { constant, expression, step } from '../support/runbook-builder.ts';
import { downRunbook, SICK, startUnit } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ANSWER, PLAN, RunRig } from '../support/run-rig.ts';
import { ScriptedHost, set } from '../support/scripted-host.ts';

describe('a step that is delegated', () => {
  it('is carried out on the other host, locked with all others before anything is changed, and told as such', async () => {
    const { web, lb, rig, journal } = pool();
    const finished = await rig.go();
    assert.deepEqual(finished.hosts, {
      web01: { outcome: 'repaired', reason: 'the finding is gone: down', changes: 3 },
    });
    assert.deepEqual(lb.changes, ['set web01 drained', 'set web01 in']);
    assert.deepEqual(web.changes, ['set unit up']);
    assert.deepEqual(
      journal
        .of('lock-taken')
        .map(({ host }) => host)
        .toSorted(),
      ['lb01', 'web01'],
    );
    const intents = journal.of('step-intended').map(({ host, step: id, on, bootId }) => [host, id, on, bootId]);
    assert.deepEqual(intents, [
      ['web01', 'drain', 'lb01', 'boot-lb01'],
      ['web01', 'start', undefined, 'boot-web01'],
      ['web01', 'put_back', 'lb01', 'boot-lb01'],
    ]);
    assert.deepEqual(journal.of('run-started')[0]?.delegates, ['lb01']);
    assert.deepEqual(
      journal.of('host-finished').map(({ host }) => host),
      ['web01'],
    );
  });

  it('connects once, whoever delegates, and is diagnosed by nothing that is not delegated to it', async () => {
    const { lb, rig } = pool({ hosts: ['web01', 'web02', 'web03'] });
    await rig.go();
    assert.deepEqual(rig.connectedTo.toSorted(), ['lb01', 'web01', 'web02', 'web03']);
    assert.ok(lb.reached.every(({ text }) => !text.includes('unit') && !text.includes('disk')));
  });

  it('logs in as whom all that is delegated becomes, else as the runbook says', async () => {
    const becomes = async (...fix: readonly Step[]): Promise<unknown> => {
      const { rig } = pool({ parts: { become: true, fix } });
      await rig.go();
      return rig.connected[rig.connectedTo.indexOf('lb01')]?.become;
    };
    assert.equal(await becomes({ ...drain, become: 'lb' }, startUnit, { ...putBack, become: 'lb' }), 'lb');
    assert.equal(await becomes({ ...drain, become: 'lb' }, startUnit, putBack), true);
  });

  it('takes no lock where it only reads, and none for a host that needs no fix', async () => {
    const reading = pool({ parts: { fix: [{ ...drained, expect: [] }, startUnit] } });
    await reading.rig.go();
    assert.deepEqual(
      reading.journal.of('lock-taken').map(({ host }) => host),
      ['web01'],
    );
    const healthy = pool({ values: { unit: 'up', disk: 'ok' } });
    await healthy.rig.go();
    assert.deepEqual(healthy.journal.of('lock-taken'), []);
  });

  it('is composed with the facts and the clock of the other host, and expressions still see the host itself', async () => {
    const seen: { context: ComposeContext; host: string; since: string }[] = [];
    const spying = {
      ...set,
      work: {
        ...set.work,
        compose: (params: never, context: ComposeContext) => {
          const { key, state } = params as { key: string; state: string };
          seen.push({ context, host: key, since: state });
          return { summary: key, text: `set ${key} ${state}` };
        },
      },
    } as typeof set;
    const delegated = {
      ...drain,
      action: spying,
      params: expression(({ host, time }) => ({ key: `${host.name}-${host.init}`, state: time.now })),
    };
    await pool({ parts: { fix: [delegated, startUnit] } }).rig.go();
    const [first] = seen;
    assert.equal(first?.context.host.init, 'openrc');
    assert.equal(first.context.now, '2026-01-01T05:00:00.000Z');
    assert.equal(first.since, '2026-01-01T05:00:00.000Z');
    assert.equal(first.host, 'web01-systemd');
  });

  it('is undone there, in its place among the others, when the proof fails', async () => {
    const { web, lb, rig, journal } = pool({ parts: { fix: [drain, startUnit] } });
    web.fault = (text, earlier) =>
      text === 'look unit' && earlier > 1 ? { end: { how: 'exit', code: 1 } } : undefined;
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01'].reason, /undone: start, drain on lb01$/);
    assert.equal(lb.values.get('web01'), 'in');
    const undos = journal.of('step-intended').filter(({ phase }) => phase === 'rollback');
    assert.deepEqual(
      undos.map(({ step: id, on }) => [id, on]),
      [
        ['start.undo', undefined],
        ['drain.undo', 'lb01'],
      ],
    );
  });

  it('is undone after the services of the host itself, which are undone after all else there', async () => {
    const edit = step({
      id: 'edit',
      phase: 'fix',
      action: set,
      params: { key: 'config', state: 'new' },
      for: ['down'],
    });
    const failing = step({ id: 'fails', phase: 'fix', action: set, params: { key: 'x', state: 'y' }, for: ['down'] });
    const undone = async (fix: readonly Step[]): Promise<readonly string[]> => {
      const { web, rig, journal } = pool({ parts: { fix: [...fix, failing] }, values: { ...SICK, unit: 'odd' } });
      web.fault = (text) => (text === 'set x y' ? { end: { how: 'exit', code: 1 } } : undefined);
      await rig.go();
      return journal.of('step-intended').flatMap((intent) => (intent.phase === 'rollback' ? [intent.step] : []));
    };
    assert.deepEqual(await undone([drain, edit, startUnit]), ['edit.undo', 'start.undo', 'drain.undo']);
    assert.deepEqual(await undone([edit, drain, startUnit]), ['drain.undo', 'edit.undo', 'start.undo']);
    assert.deepEqual(await undone([drain, startUnit, edit]), ['edit.undo', 'start.undo', 'drain.undo']);
  });

  it('may be one that the runbook declares as an undo, or a step of the rollback', async () => {
    const undo: Step['undo'] = {
      kind: 'steps',
      steps: [{ ...putBack, id: 'drain.undo[0]', phase: 'rollback', onFailure: 'continue' }],
    };
    const told = {
      ...putBack,
      id: 'told',
      phase: 'rollback' as const,
      params: constant({ key: 'told', state: 'yes' }),
    };
    const { web, lb, rig, journal } = pool({ parts: { fix: [{ ...drain, undo }, startUnit], rollback: [told] } });
    web.fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.deepEqual(lb.changes, ['set web01 drained', 'set web01 in', 'set told yes']);
    assert.equal(journal.of('step-intended')[0]?.undo?.[0]?.on, 'lb01');
  });

  it('means the host itself when it names none, or that one', async () => {
    for (const balancer of ['', 'web01']) {
      const { web, lb, rig, journal } = pool({ balancer, parts: { fix: [drain, startUnit] } });
      await rig.go();
      assert.deepEqual(web.changes, ['set web01 drained', 'set unit up']);
      assert.deepEqual(lb.reached, []);
      assert.ok(journal.of('step-intended').every(({ on }) => on === undefined));
    }
  });

  it('shares connection and lock with a host of the run, which stays open until nobody needs it', async () => {
    const clock = new FakeClock();
    const facts = (name: string) => ({ boot_id: `boot-${name}`, machine_id: `machine-${name}` });
    const hosts = {
      lb01: new ScriptedHost(clock, { unit: 'up', disk: 'ok', web01: 'in' }, facts('lb01')),
      web01: new ScriptedHost(clock, SICK, facts('web01')),
    };
    const rig = new RunRig({ clock, runbook: downRunbook({ fix: FIX }), hosts, params: { balancer: 'lb01' } });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { healthy: 1, repaired: 1 });
    assert.deepEqual(rig.connectedTo.toSorted(), ['lb01', 'web01']);
    assert.deepEqual(hosts.lb01.changes, ['set web01 drained', 'set web01 in']);
  });
});

describe('a delegate', () => {
  it('that cannot be reached makes the host unreachable, which says which', async () => {
    const { web, lb, rig } = pool();
    lb.connectError = { code: 'connection-refused', message: 'refused' };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unreachable');
    assert.equal(finished.hosts['web01'].reason, 'steps are delegated to lb01, which cannot be reached: refused');
    assert.deepEqual(web.reached, []);
  });

  it('that another run has locked refuses the host before anything is changed', async () => {
    const { web, lb, rig, journal } = pool({ hosts: ['web01', 'web02'] });
    lb.lockHolder = {
      runId: 'other',
      host: 'web',
      epoch: 1,
      runbook: 'drain',
      by: 'bob@desk',
      since: '2026-01-01T00:00:00Z',
    };
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { refused: 2 });
    assert.match(finished.hosts['web01']?.reason ?? '', /^steps are delegated to lb01: .*run other of drain/);
    assert.deepEqual([web.changes, lb.changes], [[], []]);
    assert.equal(journal.of('host-finished')[0]?.error?.code, 'lock-held');
  });

  it('that is the same machine under another name refuses both', async () => {
    const clock = new FakeClock();
    const web = new ScriptedHost(clock, SICK);
    const runbook = downRunbook({ fix: FIX });
    const rig = new RunRig({
      clock,
      runbook,
      hosts: { web01: web },
      delegates: { lb01: web },
      params: { balancer: 'lb01' },
    });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
    assert.match(finished.hosts['web01'].reason, /lb01 and web01 are one machine/);
    assert.deepEqual(web.changes, []);
  });

  it('whose connection breaks under a change leaves the host unknown, with nothing undone', async () => {
    const { web, lb, rig } = pool();
    lb.fault = (text) => (text === 'set web01 drained' ? { end: { how: 'lost' } } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unknown');
    assert.match(finished.hosts['web01'].reason, /^drain on lb01: the connection to lb01 broke/);
    assert.deepEqual(web.changes, []);
  });

  it('whose connection breaks under a read rolls back what can be, and says that the rest is not', async () => {
    const { web, lb, rig, journal } = pool({ parts: { fix: [drain, startUnit, drained, putBack] } });
    lb.fault = (text) =>
      text === 'look web01' || lb.reached.some((earlier) => earlier.text === 'look web01')
        ? { end: { how: 'lost' } }
        : undefined;
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unknown');
    assert.match(finished.hosts['web01'].reason, /^drained on lb01: /);
    assert.equal(web.values.get('unit'), 'down');
    const undone = journal
      .of('step-ended')
      .filter(({ phase }) => phase === 'rollback')
      .map(({ step: id, status }) => [id, status]);
    assert.deepEqual(undone, [
      ['start.undo', 'changed'],
      ['drain.undo', 'failed'],
    ]);
  });

  it('on which the put-back fails leaves the rollback failed, and the rest is undone', async () => {
    const { web, lb, rig } = pool({ parts: { fix: [drain, startUnit] } });
    web.fault = (text, earlier) =>
      text === 'look unit' && earlier > 1 ? { end: { how: 'exit', code: 1 } } : undefined;
    lb.fault = (text) =>
      text === 'set web01 in' ? { end: { how: 'exit', code: 1 }, stderr: 'no such backend' } : undefined;
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.match(finished.hosts['web01'].reason, /the rollback failed: drain on lb01: no such backend/);
    assert.equal(web.values.get('unit'), 'down');
  });

  it('lost under one host keeps the next from being begun', async () => {
    const fix: readonly Step[] = [{ ...drain, onFailure: 'continue' }, drained, startUnit];
    const { hosts, lb, rig } = pool({ hosts: ['web01', 'web02'], parts: { fix }, more: { forks: 1 } });
    lb.fault = (text) => {
      if (text === 'set web01 drained') return { end: { how: 'exit', code: 1 } };
      return text === 'look web01' ? { end: { how: 'lost' } } : undefined;
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web02']?.outcome, 'unreachable');
    assert.match(finished.hosts['web02'].reason, /^the connection to lb01 broke, and it broke more often/);
    assert.deepEqual(hosts['web02']?.changes, []);
  });
});

describe('a plan with steps that are delegated', () => {
  it('says where each is sent, and is void when that is another host now', async () => {
    const first = pool({ more: { mode: 'plan' } });
    const { rig } = first;
    const plan = rig.decide(await rig.run.survey());
    await rig.run.close();
    const command = plan.hosts[0]?.steps[0]?.command;
    assert.ok(command?.kind === 'exact');
    assert.equal(command.items[0]?.on, 'lb01');

    const same = pool({ more: { approved: plan } });
    assert.equal((await same.rig.go(PLAN)).hosts['web01']?.outcome, 'repaired');
    const clock = new FakeClock();
    const lb02 = new ScriptedHost(clock, {});
    const web = new ScriptedHost(clock, SICK, { boot_id: 'boot-web01' });
    const other = new RunRig({
      clock,
      runbook: downRunbook({ fix: FIX }),
      hosts: { web01: web },
      delegates: { lb02 },
      params: { balancer: 'lb02' },
      approved: plan,
    });
    const finished = await other.go(PLAN);
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
    assert.match(finished.hosts['web01'].reason, /the plan is void: web01: the command of drain differs/);
    assert.deepEqual([web.changes, lb02.changes], [[], []]);
  });

  it('binds what a person saw to the host that it showed', async () => {
    const { rig } = pool({ parts: { fix: [drain, startUnit, putBack] } });
    assert.equal((await rig.go(ANSWER)).hosts['web01']?.outcome, 'repaired');
  });
});
