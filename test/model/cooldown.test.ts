import assert from 'node:assert/strict';
import type { Attempt } from '../../src/model/attempt.ts';
import { attemptsSince, tooSoon, type Candidate } from '../../src/model/cooldown.ts';
import { machineOf, twinsOf } from '../../src/model/machine.ts';
import { FACTS } from '../support/scripted-host.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const LIMITS = { cooldownMs: 15 * 60_000, attempts: { max: 3, perMs: 24 * 3_600_000 } };
const WEB01: Candidate = { host: 'web01', machine: 'm1', findings: ['down'], twins: new Set() };

const minutesAgo = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

function attempt(minutes: number, parts: Partial<Attempt> = {}): Attempt {
  const begun = { runId: '01kx3f9a2b7cdefgh', runbook: 'test', host: 'web01', machine: 'm1', findings: ['down'] };
  const end = { at: minutesAgo(minutes - 1), outcome: 'repaired' } as const;
  return { ...begun, begunAt: minutesAgo(minutes), end, ...parts };
}

function cutOff(minutes: number): Attempt {
  const { end: _none, ...begun } = attempt(minutes);
  return begun;
}

const reasonOf = (attempts: readonly Attempt[], candidate = WEB01): string | undefined =>
  tooSoon(LIMITS, attempts, candidate, NOW)?.reason;

describe('cooldown', () => {
  it('runs from the end of the last attempt, whatever came of it', () => {
    const words = 'repaired 4m ago (run 01kx3f9a2b7c): its cooldown of 15m is over at 12:11 UTC';
    assert.equal(reasonOf([attempt(5)]), words);
    assert.equal(reasonOf([attempt(40), attempt(5)]), words);
    assert.equal(reasonOf([attempt(17)]), undefined);
    const failed = attempt(5, { end: { at: minutesAgo(4), outcome: 'rolled-back' } });
    assert.match(reasonOf([failed]) ?? '', /^tried 4m ago \(rolled-back, run 01kx3f9a2b7c\)/);
  });

  it('is over on the next day when it is, and says so', () => {
    const limits = { ...LIMITS, cooldownMs: 24 * 3_600_000 };
    assert.match(tooSoon(limits, [attempt(61)], WEB01, NOW)?.reason ?? '', /is over at 2026-01-02 11:00 UTC$/);
  });

  it('is not begun by an attempt that was cut off', () => {
    assert.equal(reasonOf([cutOff(5)]), undefined);
  });

  it('is that of the finding and the machine: not of another finding, nor of another machine by the same name', () => {
    assert.equal(reasonOf([attempt(5, { findings: ['full'] })]), undefined);
    assert.equal(reasonOf([attempt(5, { machine: 'm0' })]), undefined);
    assert.match(reasonOf([attempt(5, { host: 'old01' })]) ?? '', /^repaired 4m ago \(as old01, run/);
  });

  it('of a clone is that of the name under which it was tried', () => {
    const twin = attempt(5, { host: 'web02' });
    assert.equal(reasonOf([twin], { ...WEB01, twins: new Set(['web02']) }), undefined);
    assert.ok(reasonOf([twin], { ...WEB01, host: 'web02', twins: new Set(['web01']) }) !== undefined);
  });
});

describe('attempts', () => {
  it('are refused beyond so many in the period, those cut off among them', () => {
    assert.equal(reasonOf([cutOff(300), cutOff(200)]), undefined);
    assert.equal(
      reasonOf([cutOff(300), attempt(200), cutOff(100)]),
      'tried 3 times in 1d (the last in run 01kx3f9a2b7c), and attempts allows 3: the next is possible at 2026-01-02 07:00 UTC',
    );
    assert.equal(reasonOf([cutOff(1500), attempt(200), cutOff(100)]), undefined);
  });

  it('tell the later time when the cooldown is over before', () => {
    assert.match(reasonOf([attempt(300), attempt(200), attempt(5)]) ?? '', /^tried 3 times/);
  });

  it('matter as far back as the longer of both limits', () => {
    assert.equal(attemptsSince(LIMITS, NOW), '2025-12-31T12:00:00.000Z');
    assert.equal(attemptsSince({ ...LIMITS, cooldownMs: 48 * 3_600_000 }, NOW), '2025-12-30T12:00:00.000Z');
  });
});

describe('the identity of a machine', () => {
  it('is its machine-id with its host key, whatever it is called', () => {
    const identity = machineOf(FACTS, 'SHA256:a', 'web01');
    assert.equal(machineOf(FACTS, 'SHA256:a', 'other'), identity);
    assert.notEqual(machineOf(FACTS, 'SHA256:b', 'web01'), identity);
    assert.notEqual(machineOf({ ...FACTS, machine_id: 'machine-2' }, 'SHA256:a', 'web01'), identity);
  });

  it('is its name where nothing else is known of it', () => {
    const nameless = { ...FACTS, machine_id: '' };
    assert.notEqual(machineOf(nameless, undefined, 'web01'), machineOf(nameless, undefined, 'web02'));
    assert.equal(machineOf(nameless, 'SHA256:a', 'web01'), machineOf(nameless, 'SHA256:a', 'web02'));
  });

  it('may be shared by those of a run that call themselves the same, and by those that were not reached', () => {
    const hosts = [
      { name: 'a', machine: 'm1' },
      { name: 'b', machine: 'm1' },
      { name: 'c', machine: 'm2' },
      { name: 'd', machine: undefined },
    ];
    assert.deepEqual([...twinsOf({ name: 'a', machine: 'm1' }, hosts)], ['b', 'd']);
  });
});
