import assert from 'node:assert/strict';
import type { ComposeContext } from '../../src/model/action.ts';
import { condition, expression, field, finding, step } from '../support/runbook-builder.ts';
import { downRunbook, oneHost, SICK, startUnit } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ANSWER, RunRig } from '../support/run-rig.ts';
import { ScriptedHost, set, setTo } from '../support/scripted-host.ts';

describe('a run', () => {
  it('repairs a sick host: re-tests, fixes in order, proves for the soak, and says so', async () => {
    const { clock, host, rig, journal } = oneHost();
    const finished = await rig.go();
    assert.deepEqual(finished.hosts['web01'], { outcome: 'repaired', reason: 'the finding is gone: down', changes: 2 });
    assert.equal(finished.exitCode, 0);
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
    assert.equal(clock.monotonic(), 10_000);
    assert.equal(journal.events[0]?.type, 'run-started');
    assert.equal(journal.events.at(-1)?.type, 'run-finished');
    const moments = journal.of('findings-evaluated').map(({ moment }) => moment);
    assert.deepEqual(moments, ['survey', 'retest', 'proof']);
  });

  it('leaves a healthy host alone and takes no lock there', async () => {
    const { host, rig, journal } = oneHost({}, { unit: 'up', disk: 'ok' });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'healthy');
    assert.equal(journal.of('lock-taken').length, 0);
    assert.equal(host.reached.length, 2);
  });

  it('ends healthy and changes nothing when the finding is gone before the fix', async () => {
    const { host, rig } = oneHost();
    const finished = await rig.go(ANSWER, () => host.values.set('unit', 'up'));
    assert.deepEqual(finished.hosts['web01'], { outcome: 'healthy', reason: 'gone before the fix', changes: 0 });
    assert.deepEqual(host.changes, []);
  });

  it('fixes nothing on a host that is blocked, in the survey or since', async () => {
    const before = oneHost({}, { ...SICK, disk: 'full' });
    const finished = await before.rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.equal(finished.exitCode, 2);
    assert.deepEqual(before.host.changes, []);

    const since = oneHost();
    const later = await since.rig.go(undefined, () => since.host.values.set('disk', 'full'));
    assert.equal(later.hosts['web01']?.outcome, 'not-repaired');
    assert.match(later.hosts['web01']?.reason ?? '', /^blocked: full is wrong/);
    assert.deepEqual(since.host.changes, []);
  });

  it('ends unknown, not healthy, when a problem cannot be determined', async () => {
    const { host, rig } = oneHost({}, { unit: 'up' });
    host.fault = (text) =>
      text === 'look unit' ? { end: { how: 'exit', code: 1 }, stderr: 'permission denied' } : undefined;
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unknown');
    assert.match(finished.hosts['web01']?.reason ?? '', /^diagnosis incomplete: down: unit has no result/);
    assert.equal(finished.exitCode, 32);
  });

  it('counts a host it cannot reach, one that breaks off, one that does not apply, and one it repairs, each once', async () => {
    const clock = new FakeClock();
    const hosts = {
      gone: new ScriptedHost(clock, SICK),
      broken: new ScriptedHost(clock, SICK),
      other: new ScriptedHost(clock, SICK, { os: 'openbsd' }),
      sick: new ScriptedHost(clock, SICK),
    };
    hosts.gone.connectError = { code: 'connection-refused', message: 'refused' };
    hosts.broken.fault = () => ({ end: { how: 'lost' } });
    const runbook = downRunbook({ applies: condition((scope) => scope.host.os === 'debian') });
    const rig = new RunRig({ clock, runbook, hosts });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { unreachable: 2, 'not-applicable': 1, repaired: 1 });
    assert.equal(finished.exitCode, 4);
    assert.equal(hosts.other.reached.length, 0);
    assert.equal(rig.journal.of('host-finished').length, 4);
    assert.equal(rig.journal.of('host-unreachable').length, 2);
  });

  it('sends nothing without approval, and says that it was refused', async () => {
    const { host, rig } = oneHost();
    const finished = await rig.go('declined');
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
    assert.equal(finished.exitCode, 16);
    assert.deepEqual(host.changes, []);
  });

  it('in plan mode ends with what there is to fix, and locks and changes nothing', async () => {
    const clock = new FakeClock();
    const host = new ScriptedHost(clock, SICK);
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts: { web01: host }, mode: 'plan' });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'needs-fix');
    assert.equal(finished.exitCode, 2);
    assert.deepEqual(host.changes, []);
    assert.equal(rig.journal.of('lock-taken').length, 0);
  });

  it('works on no more hosts at once than it may', async () => {
    const clock = new FakeClock();
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const hosts = Object.fromEntries(names.map((name) => [name, new ScriptedHost(clock, SICK)]));
    for (const host of Object.values(hosts)) host.latencyMs = 100;
    const finished = await new RunRig({ clock, runbook: downRunbook(), hosts, forks: 3 }).go();
    assert.deepEqual(finished.counts, { repaired: 7 });
    const reached = Object.values(hosts).flatMap((host) => host.reached);
    const busiest = reached.map(({ from }) => {
      const meanwhile = names.filter((name) => hosts[name]!.reached.some((r) => r.from <= from && r.to > from));
      return meanwhile.length;
    });
    assert.equal(Math.max(...busiest), 3);
  });

  it('ends a host unknown for a bug that shows only there, and goes on with the others', async () => {
    const clock = new FakeClock();
    const hosts = { bad: new ScriptedHost(clock, { ...SICK, disk: 'bug' }), good: new ScriptedHost(clock, SICK) };
    const runbook = downRunbook();
    const [full, down] = runbook.findings;
    const fragile = finding({ name: 'fragile', severity: 'info', when: () => false });
    const broken = {
      ...fragile,
      when: {
        ...condition(() => false),
        evaluate: (scope: Parameters<typeof fragile.when.evaluate>[0]) => {
          if (field(scope, 'disk', 'value') === 'bug') throw new Error('boom');
          return { ok: true, value: false } as const;
        },
      },
    };
    const rig = new RunRig({ clock, runbook: { ...runbook, findings: [full!, down!, broken] }, hosts });
    const finished = await rig.go();
    assert.equal(finished.hosts['bad']?.outcome, 'unknown');
    assert.equal(finished.hosts['good']?.outcome, 'repaired');
    const bad = rig.journal.of('host-finished').find(({ host }) => host === 'bad');
    assert.equal(bad?.error?.code, 'internal');
  });

  it('leaves a host alone on which an action cannot compose its command, and goes on with the others', async () => {
    const clock = new FakeClock();
    const hosts = { bad: new ScriptedHost(clock, { ...SICK, disk: 'bug' }), good: new ScriptedHost(clock, SICK) };
    const { work } = set;
    assert.ok(work.kind === 'script');
    const fragile = {
      ...set,
      work: {
        ...work,
        compose: (params: never, context: ComposeContext) => {
          assert.notEqual((params as { readonly state: string }).state, 'bug', 'boom');
          return work.compose(params, context);
        },
      },
    };
    const params = expression((scope) => setTo('copy', String(field(scope, 'disk', 'value'))));
    const copy = step({ id: 'copy', phase: 'fix', action: fragile, params, for: ['down'] });
    const rig = new RunRig({ clock, runbook: downRunbook({ fix: [copy, startUnit] }), hosts });
    const finished = await rig.go();
    assert.equal(finished.hosts['good']?.outcome, 'repaired');
    assert.equal(finished.hosts['bad']?.outcome, 'not-repaired');
    assert.match(finished.hosts['bad'].reason, /^copy cannot be sent: set could not compose its command: .*boom/);
  });
});
