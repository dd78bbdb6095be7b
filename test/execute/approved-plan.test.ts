import assert from 'node:assert/strict';
import type { Plan } from '../../src/model/plan.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import { expression, field, finding, step } from '../support/runbook-builder.ts';
import { downRunbook, SICK, startUnit } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { PLAN, RunRig } from '../support/run-rig.ts';
import { ScriptedHost, set, setTo } from '../support/scripted-host.ts';

type Values = Readonly<Record<string, string>>;
type Fleet = Readonly<Record<string, Values>>;

const HEALTHY = { unit: 'up', lock: 'free', disk: 'ok' };

describe('a run of a plan that was made before', () => {
  it('does what the plan says, and records whose plan it is', async () => {
    const { finished, changes, rig, plan } = await planThenRun({ web01: SICK, web02: HEALTHY });
    assert.deepEqual(finished.counts, { repaired: 1, healthy: 1 });
    assert.deepEqual(changes, { web01: ['set lock free', 'set unit up'], web02: [] });
    const [approved] = rig.journal.of('approved');
    assert.equal(approved?.how, 'plan');
    assert.equal(approved?.plan, plan.runId);
    assert.equal(approved?.planSha256, plan.sha256);
    assert.equal(rig.journal.of('run-started')[0]?.plan, plan.runId);
  });

  it('leaves a host alone that is healthy again, and repairs the others', async () => {
    const { finished } = await planThenRun({ web01: SICK, web02: SICK }, { web01: HEALTHY, web02: SICK });
    assert.deepEqual(outcomesOf(finished), { web01: 'healthy', web02: 'repaired' });
  });

  it('is void as a whole when one host has a new problem: no host is changed', async () => {
    const { finished, changes, rig } = await planThenRun({ web01: SICK, web02: HEALTHY }, { web01: SICK, web02: SICK });
    const reason = 'the plan is void: web02: down is new';
    assert.deepEqual(finished.hosts['web01'], { outcome: 'refused', reason, changes: 0 });
    assert.deepEqual(finished.hosts['web02'], { outcome: 'refused', reason, changes: 0 });
    assert.equal(finished.exitCode, 16);
    assert.deepEqual(changes, { web01: [], web02: [] });
    assert.deepEqual(rig.journal.of('approved'), []);
    assert.deepEqual(rig.journal.of('lock-taken'), []);
  });

  it('is void as a whole when the command of one host differs', async () => {
    const runbook = downRunbook({ fix: [followDisk, startUnit] });
    const now = { web01: SICK, web02: { ...SICK, disk: 'other' } };
    const { finished, changes } = await planThenRun({ web01: SICK, web02: SICK }, now, runbook);
    assert.match(finished.hosts['web01']?.reason ?? '', /^the plan is void: web02: the command of follow differs$/);
    assert.deepEqual(changes, { web01: [], web02: [] });
  });

  it('is void when a host was out of reach for the plan and needs a fix now', async () => {
    const clock = new FakeClock();
    const lost = new ScriptedHost(clock, SICK);
    lost.connectError = { code: 'connection-refused', message: 'refused' };
    const plan = await planOf({ web01: new ScriptedHost(clock, SICK), web02: lost }, downRunbook(), clock);
    const { finished } = await runOf(plan, { web01: SICK, web02: SICK });
    assert.deepEqual(outcomesOf(finished), { web01: 'refused', web02: 'refused' });
  });

  it('goes on without a host that cannot be reached now', async () => {
    const clock = new FakeClock();
    const plan = await planOf(
      { web01: new ScriptedHost(clock, SICK), web02: new ScriptedHost(clock, SICK) },
      downRunbook(),
      clock,
    );
    const lost = new ScriptedHost(clock, SICK);
    lost.connectError = { code: 'connection-refused', message: 'refused' };
    const rig = new RunRig({
      clock,
      runbook: downRunbook(),
      hosts: { web01: new ScriptedHost(clock, SICK), web02: lost },
      approved: plan,
    });
    assert.deepEqual(outcomesOf(await rig.go(PLAN)), { web01: 'repaired', web02: 'unreachable' });
  });

  it('leaves items alone that are new since, and its own record does not show them', async () => {
    const runbook = downRunbook({ findings: [itemsDown], fix: [each, startUnit] });
    const { finished, changes, rig } = await planThenRun(
      { web01: { unit: 'down', disk: 'x,y' } },
      { web01: { unit: 'down', disk: 'y,z' } },
      runbook,
    );
    assert.deepEqual(outcomesOf(finished), { web01: 'repaired' });
    assert.deepEqual(changes, { web01: ['set y gone', 'set unit up'] });
    const [made] = rig.journal.of('plan-made');
    assert.doesNotMatch(JSON.stringify(made?.plan.hosts[0]?.steps), /set z gone/);
  });

  it('binds each host once more right before it is changed', async () => {
    const clock = new FakeClock();
    const runbook = downRunbook({ fix: [followDisk, startUnit] });
    const plan = await planOf({ web01: new ScriptedHost(clock, SICK) }, runbook, clock);
    const host = new ScriptedHost(clock, SICK);
    const rig = new RunRig({ clock, runbook, hosts: { web01: host }, approved: plan });
    const finished = await rig.go(PLAN, () => host.values.set('disk', 'later'));
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
    assert.deepEqual(host.changes, []);
  });

  it('does not act where the plan would not have, though the findings are the same', async () => {
    const { plan } = await planThenRun({ web01: SICK });
    const refused = { ...plan, hosts: plan.hosts.map((host) => ({ ...host, outcome: 'refused', steps: [] }) as const) };
    const { finished, changes } = await runOf(refused, { web01: SICK });
    assert.deepEqual(outcomesOf(finished), { web01: 'refused' });
    assert.match(finished.hosts['web01']?.reason ?? '', /^the plan changes nothing here; it said refused: /);
    assert.deepEqual(changes, { web01: [] });
  });
});

describe('an approval of some hosts', () => {
  it('leaves the others for another run', async () => {
    const clock = new FakeClock();
    const hosts = { web01: new ScriptedHost(clock, SICK), web02: new ScriptedHost(clock, SICK) };
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts });
    const finished = await rig.go({ by: 'ann', how: 'answer', hosts: ['web01'] });
    assert.deepEqual(outcomesOf(finished), { web01: 'repaired', web02: 'refused' });
    assert.equal(finished.hosts['web02']?.reason, 'not approved yet: run again for the rest');
    assert.deepEqual(hosts.web02.changes, []);
    assert.deepEqual(rig.journal.of('approved')[0]?.hosts, ['web01']);
  });
});

const followDisk = step({
  id: 'follow',
  phase: 'fix',
  action: set,
  params: expression((scope) => setTo('copy', String(field(scope, 'disk', 'value')))),
  for: ['down'],
});

const itemsDown = finding({
  name: 'down',
  items: expression((scope) =>
    String(field(scope, 'disk', 'value'))
      .split(',')
      .map((id) => ({ id })),
  ),
  itemKey: 'id',
  when: (scope) => field(scope, 'unit', 'value') !== 'up',
});

const each = step({
  id: 'each',
  phase: 'fix',
  action: set,
  loop: expression((scope) => scope.findings.get('down')?.items ?? []),
  params: expression((scope) => setTo((scope.item as { id: string }).id, 'gone')),
  for: ['down'],
});

async function planThenRun(before: Fleet, now: Fleet = before, runbook: Runbook = downRunbook()) {
  const clock = new FakeClock();
  const hosts = Object.entries(before).map(([name, values]) => [name, new ScriptedHost(clock, values)] as const);
  const plan = await planOf(Object.fromEntries(hosts), runbook, clock);
  return runOf(plan, now, runbook);
}

/** Recorded and read back, as from the store. */
async function planOf(
  hosts: Readonly<Record<string, ScriptedHost>>,
  runbook: Runbook,
  clock: FakeClock,
): Promise<Plan> {
  const rig = new RunRig({ clock, runbook, hosts, mode: 'plan' });
  await rig.go();
  const [made] = rig.journal.of('plan-made');
  assert.ok(made !== undefined);
  return JSON.parse(JSON.stringify({ ...made.plan, runId: 'planned' })) as Plan;
}

async function runOf(plan: Plan, now: Fleet, runbook: Runbook = downRunbook()) {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(
    Object.entries(now).map(([name, values]) => [name, new ScriptedHost(clock, values)] as const),
  );
  const rig = new RunRig({ clock, runbook, hosts, approved: plan });
  const finished = await rig.go(PLAN);
  const changes = Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, host.changes]));
  return { plan, rig, finished, changes };
}

function outcomesOf({ hosts }: { readonly hosts: Readonly<Record<string, { readonly outcome: string }>> }) {
  return Object.fromEntries(Object.entries(hosts).map(([name, { outcome }]) => [name, outcome]));
}
