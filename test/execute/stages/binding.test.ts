import assert from 'node:assert/strict';
import { shrinks } from '../../../src/execute/stages/shrinks.ts';
import { condition, expression, field, finding, step } from '../../support/runbook-builder.ts';
import { freeLock, oneHost, startUnit } from '../../support/down-runbook.ts';
import { ANSWER, YES } from '../../support/run-rig.ts';
import { set, setTo } from '../../support/scripted-host.ts';

const followDisk = step({
  id: 'follow',
  phase: 'fix',
  action: set,
  params: expression((scope) => setTo('copy', String(field(scope, 'disk', 'value')))),
  for: ['down'],
});

const twoProblems = [
  finding({ name: 'down', when: (scope) => field(scope, 'unit', 'value') !== 'up' }),
  finding({ name: 'odd', when: (scope) => field(scope, 'disk', 'value') === 'odd' }),
];

const items = finding({
  name: 'down',
  items: expression((scope) =>
    String(field(scope, 'disk', 'value'))
      .split(',')
      .map((id) => ({ id, age: id })),
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

describe('a plan that a person approved', () => {
  it('is void when a problem is new', async () => {
    const { host, rig } = oneHost({ findings: twoProblems });
    const finished = await rig.go(ANSWER, () => host.values.set('disk', 'odd'));
    assert.deepEqual(finished.hosts['web01'], {
      outcome: 'refused',
      reason: 'changed since the plan: odd is new',
      changes: 0,
    });
    assert.deepEqual(host.changes, []);
  });

  it('is void when a command differs', async () => {
    const { host, rig } = oneHost({ fix: [followDisk, startUnit] });
    const finished = await rig.go(ANSWER, () => host.values.set('disk', 'changed'));
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
    assert.match(finished.hosts['web01']?.reason ?? '', /the command of follow differs/);
    assert.deepEqual(host.changes, []);
  });

  it('is void when a step that was to be skipped would now run', async () => {
    const odd = { ...followDisk, for: ['down'], when: [condition((scope) => field(scope, 'disk', 'value') === 'odd')] };
    const { host, rig } = oneHost({ fix: [odd, startUnit] });
    const finished = await rig.go(ANSWER, () => host.values.set('disk', 'odd'));
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
  });

  it('sends no other command than the approved one, also when a pause in the middle has shown something else', async () => {
    const { clock, host, rig, journal } = oneHost({ fix: [freeLock, followDisk, startUnit] });
    journal.onCommit = (event) => {
      if (event.type !== 'step-ended' || event.step !== 'free') return;
      host.values.set('disk', 'later');
      clock.suspend(61_000);
    };
    const finished = await rig.go(ANSWER);
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(
      finished.hosts['web01']?.reason ?? '',
      /^follow: what it changes is not as it was when the plan was made/,
    );
    assert.deepEqual(host.changes, ['set lock free', 'set lock held']);
  });

  it('is carried out when nothing changed', async () => {
    const { host, rig } = oneHost({ fix: [followDisk, startUnit] });
    const finished = await rig.go(ANSWER);
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set copy ok', 'set unit up']);
  });

  it('leaves items alone that are new since', async () => {
    const { host, rig } = oneHost({ findings: [items], fix: [each, startUnit] }, { unit: 'down', disk: 'x,y' });
    const finished = await rig.go(ANSWER, () => host.values.set('disk', 'y,z'));
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set y gone', 'set unit up']);
  });

  it('changes nothing when all that was approved is gone and only new items are left', async () => {
    const { host, rig } = oneHost({ findings: [items], fix: [each, startUnit] }, { unit: 'down', disk: 'x,y' });
    const finished = await rig.go(ANSWER, () => host.values.set('disk', 'z'));
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.match(finished.hosts['web01'].reason, /what is there now is new since: make a new plan$/);
    assert.deepEqual(host.changes, []);
  });

  it('binds nobody who said yes beforehand: the new diagnosis holds', async () => {
    const { host, rig } = oneHost({ fix: [followDisk, startUnit] });
    const finished = await rig.go(YES, () => host.values.set('disk', 'changed'));
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set copy changed', 'set unit up']);
  });
});

describe('the same command for fewer things', () => {
  const fields = {
    sets: {
      description: 'what',
      type: {
        kind: 'list',
        of: { kind: 'object', name: 'SetRef', key: 'id', fields: { id: { type: { kind: 'int' }, description: 'id' } } },
      },
    },
    argv: { description: 'words', type: { kind: 'list', of: { kind: 'string' } } },
  } as const;

  it('may lose elements, whatever their undeclared fields say', () => {
    assert.ok(shrinks(fields, { sets: [{ id: 1, age: '1m' }, { id: 2 }] }, { sets: [{ id: 1, age: '2m' }] }));
  });

  it('may not gain one', () => {
    assert.ok(!shrinks(fields, { sets: [{ id: 1 }] }, { sets: [{ id: 1 }, { id: 3 }] }));
  });

  it('may not lose a word of a command line', () => {
    assert.ok(!shrinks(fields, { argv: ['rm', '-i', 'x'] }, { argv: ['rm', 'x'] }));
  });

  it('may not differ in a value or in which params there are', () => {
    assert.ok(!shrinks(fields, { other: 1 }, { other: 2 }));
    assert.ok(!shrinks(fields, {}, { other: 2 }));
  });
});
