import assert from 'node:assert/strict';
import { judgeProof } from '../../../src/execute/stages/prove.ts';
import type { FindingReport } from '../../../src/model/result.ts';
import { condition, constant, field, finding, resultField, step, verifying } from '../../support/runbook-builder.ts';
import { freeLock, oneHost, startUnit, unitIsUp } from '../../support/down-runbook.ts';
import { look } from '../../support/scripted-host.ts';

describe('verify', () => {
  it('repeats until all steps pass, then holds for the soak', async () => {
    const { clock, host, rig, journal } = oneHost({ verify: verifying([unitIsUp], { soak: 5000, every: 2000 }) });
    const begun = () => host.reached.filter(({ text }) => text === 'look unit').length;
    host.fault = (text) => {
      // Two rounds see the unit down although the fix was done.
      if (text === 'look unit' && begun() > 2 && begun() <= 4) return { end: { how: 'exit', code: 0 } };
      return undefined;
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    const rounds = journal.of('proof-round').map(({ passed, heldMs }) => [passed, heldMs]);
    assert.deepEqual(rounds, [
      [false, 0],
      [false, 0],
      [true, 0],
      [true, 2000],
      [true, 4000],
      [true, 5000],
    ]);
    assert.equal(clock.monotonic(), 4000 + 5000);
  });

  it('rolls back when the steps do not pass within their time, and asks a last time at its end', async () => {
    const { clock, host, rig, journal } = oneHost({
      fix: [freeLock],
      verify: verifying([unitIsUp], { within: 5000, every: 2000 }),
    });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.equal(journal.of('proof-round').length, 4);
    assert.equal(clock.monotonic(), 5000);
    assert.equal(host.values.get('lock'), 'held');
  });

  it('ends at a single failure within the soak', async () => {
    const { clock, host, rig } = oneHost();
    host.fault = (text) => {
      if (text === 'look unit' && clock.monotonic() === 6000) return { end: { how: 'exit', code: 0 } };
      return undefined;
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /^verify: did not hold: is_up/);
    assert.equal(clock.monotonic(), 6000);
  });

  it('passes with one round when there is no soak', async () => {
    const { clock, rig, journal } = oneHost({ verify: verifying([unitIsUp], { soak: 0 }) });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.equal(journal.of('proof-round').length, 1);
    assert.equal(clock.monotonic(), 0);
  });

  it('leaves out a step whose condition does not hold', async () => {
    const leftOut = step({
      id: 'left_out',
      phase: 'verify',
      action: look,
      params: { key: 'x' },
      when: [condition(() => false)],
      expect: [condition(() => false)],
    });
    const { host, rig } = oneHost({ verify: verifying([leftOut, unitIsUp]) });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.ok(!host.reached.some(({ text }) => text === 'look x'));
  });

  it('compares with the first passing result of the same step', async () => {
    const same = step({
      id: 'same',
      phase: 'verify',
      action: look,
      params: { key: 'pid' },
      expect: [condition((scope) => resultField(scope, 'value') === scope.first?.output?.['value'])],
    });
    const { clock, host, rig } = oneHost({ verify: verifying([same]) });
    host.fault = () => {
      host.values.set('pid', clock.monotonic() < 4000 ? '17' : '18');
      return undefined;
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.equal(clock.monotonic(), 4000);
  });

  it('ends unknown when the connection breaks during the proof', async () => {
    const { clock, host, rig } = oneHost();
    host.fault = () => (clock.monotonic() >= 4000 ? { end: { how: 'lost' } } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unknown');
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
  });

  it('reads the diagnosis last, from the start of the fix only, and rolls back when the finding is still there', async () => {
    const floors: (string | undefined)[] = [];
    const { rig, host } = oneHost({
      findings: [
        finding({
          name: 'down',
          when: (scope) => {
            floors.push(scope.time.sinceFloor);
            return field(scope, 'unit', 'value') !== 'nobody';
          },
        }),
      ],
    });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /^still there: down is wrong/);
    assert.deepEqual(floors, [undefined, undefined, '2026-01-01T00:00:00.000Z']);
    assert.equal(host.values.get('unit'), 'down');
  });

  it('keeps a repair when another problem that was there before is left, and ends not repaired', async () => {
    const { rig, host } = oneHost({
      findings: [
        finding({ name: 'down', when: (scope) => field(scope, 'unit', 'value') !== 'up' }),
        finding({ name: 'cracked', when: () => true }),
      ],
      fix: [freeLock, startUnit],
    });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.match(finished.hosts['web01']?.reason ?? '', /^fixed, but still there: cracked/);
    assert.equal(host.values.get('unit'), 'up');
  });
});

describe('a problem that the fix itself has made', () => {
  it('is rolled back, also when a re-test in the middle of the fix has seen it already', async () => {
    const { rig, host } = oneHost({
      findings: [
        finding({ name: 'down', when: (scope) => field(scope, 'unit', 'value') !== 'up' }),
        finding({ name: 'odd', when: (scope) => field(scope, 'disk', 'value') === 'odd' }),
      ],
      fix: [freeLock, { ...startUnit, retest: constant(0) }],
    });
    host.fault = (text) => {
      if (text === 'set lock free') host.values.set('disk', 'odd');
      return undefined;
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /^new since the fix: odd is wrong; undone: /);
    assert.equal(host.values.get('lock'), 'held');
  });
});

describe('the last diagnosis', () => {
  const report = (name: string, state: FindingReport['state'], severity: FindingReport['severity'] = 'problem') =>
    ({ name, state, severity, summary: name, advice: '' }) satisfies FindingReport;
  const treated = new Set(['fixed']);
  const before = [report('fixed', 'present'), report('other', 'absent'), report('dim', 'undetermined')];

  const cases = [
    ['gone', [report('fixed', 'absent'), report('other', 'absent'), report('dim', 'absent')]],
    ['gone', [report('fixed', 'absent'), report('hint', 'present', 'info')]],
    ['failed', [report('fixed', 'present')]],
    ['failed', [report('fixed', 'undetermined')]],
    ['failed', [report('fixed', 'absent'), report('other', 'present')]],
    ['failed', [report('fixed', 'absent'), report('other', 'present', 'blocks')]],
    ['another-problem', [report('fixed', 'absent'), report('dim', 'present')]],
    ['undetermined', [report('fixed', 'absent'), report('dim', 'undetermined')]],
    ['undetermined', [report('fixed', 'absent'), report('other', 'undetermined')]],
  ] as const;

  for (const [end, after] of cases) {
    const said = after.map(({ name, state, severity }) => `${name} ${state} (${severity})`).join(', ');
    it(`ends ${end} with ${said}`, () => {
      assert.equal(judgeProof(treated, before, after).end, end);
    });
  }
});
