import assert from 'node:assert/strict';
import type { EventBody, RunEvent, RunFinished, RunStarted } from '../../src/model/event.ts';
import type { Outcome } from '../../src/model/result.ts';
import { runNotification, type RunToTell } from '../../src/notify/run-notification.ts';

const RUN_ID = '01kb00000000000000000000aa';
const BY: RunStarted['startedBy'] = { user: 'root', loginUser: '', machine: 'ctl1', reason: '', trigger: 'schedule' };

const started = (mode: RunStarted['mode'] = 'run'): RunStarted => ({
  type: 'run-started',
  mode,
  runbook: 'locks',
  runbookSha256: '',
  hosts: [],
  startedBy: BY,
  version: '0',
});

/** `web01: 'repaired: the lock was removed'`. */
function finished(ends: Readonly<Record<string, `${Outcome}: ${string}`>>): RunFinished {
  const hosts = Object.entries(ends).map(([host, end]) => {
    const [outcome = '', reason = ''] = end.split(': ');
    return [host, { outcome: outcome as Outcome, reason, changes: 0 }] as const;
  });
  const counts: Partial<Record<Outcome, number>> = {};
  for (const [, { outcome }] of hosts) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return { type: 'run-finished', exitCode: 2, durationMs: 1, counts, hosts: Object.fromEntries(hosts) };
}

const stamped = (...events: readonly EventBody[]): readonly RunEvent[] =>
  events.map((event, index) => ({ ...event, runId: RUN_ID, seq: index + 1, at: `2026-01-01T00:00:0${index}.000Z` }));

const told = (...events: readonly EventBody[]): RunToTell =>
  runNotification(stamped(...events), 'ctl1') ?? assert.fail('nothing is told');

/** A plan that leaves these hosts alone. */
const refusing = (...names: readonly string[]): EventBody => ({
  type: 'plan-made',
  plan: {
    runId: RUN_ID,
    runbook: 'locks',
    runbookSha256: '',
    madeAt: '',
    hosts: names.map((host) => ({ host, outcome: 'refused', reason: 'a rule', findings: [], steps: [] })),
    batches: [],
    maxFailures: 1,
    maxUnreachable: 3,
    sha256: '',
  },
});

describe('runNotification', () => {
  it('tells nothing of a run that has no end, or none that is left', () => {
    assert.equal(runNotification([], 'ctl1'), undefined);
    assert.equal(runNotification(stamped(started()), 'ctl1'), undefined);
    const resumed: EventBody = {
      type: 'run-resumed',
      session: 2,
      how: 'resume',
      hosts: [],
      startedBy: BY,
      process: { machine: 'ctl1', pid: 1, startTime: '', bootId: '' },
      version: '0',
    };
    assert.equal(runNotification(stamped(started(), finished({}), resumed), 'ctl1'), undefined);
    const again = told(started(), finished({}), { ...resumed, startedBy: { ...BY, trigger: 'person' } }, finished({}));
    assert.equal(again.notification.id, `${RUN_ID}/4`);
    assert.equal(again.notification.trigger, 'person');
  });

  for (const outcome of ['not-repaired', 'rolled-back', 'rollback-failed', 'unknown'] as const) {
    it(`needs a person when a host is ${outcome}`, () => {
      const { notification, hosts } = told(started(), finished({ web01: `${outcome}: x`, web02: 'healthy: y' }));
      assert.equal(notification.needsPerson, true);
      assert.deepEqual(hosts, ['web01']);
    });
  }

  for (const outcome of ['healthy', 'repaired', 'unreachable', 'not-applicable', 'refused', 'not-started'] as const) {
    it(`needs nobody when a host is ${outcome}, and nothing stopped the run`, () => {
      const { notification, hosts } = told(started(), finished({ web01: `${outcome}: x` }));
      assert.equal(notification.needsPerson, false);
      assert.deepEqual(hosts, ['web01']);
    });
  }

  it('needs a person when the plan leaves a sick host alone, but not when a lock or a freeze did later', () => {
    const end = finished({ web01: 'refused: the rule "night" forbids repairs', web02: 'refused: frozen' });
    const { notification, hosts } = told(started(), refusing('web01'), end);
    assert.equal(notification.needsPerson, true);
    assert.deepEqual(hosts, ['web01']);
  });

  it('needs a person when a limit stopped it, whatever became of hosts', () => {
    const limit: EventBody = { type: 'limit-reached', limit: 'brake', reason: '60 % of the hosts', hint: 'look' };
    const { notification, hosts } = told(started(), limit, finished({ web01: 'not-started: brake' }));
    assert.equal(notification.needsPerson, true);
    assert.deepEqual(notification.stops, [{ limit: 'brake', reason: '60 % of the hosts', hint: 'look' }]);
    assert.deepEqual(hosts, ['web01']);
  });

  it('needs nobody when it only was a plan', () => {
    const { notification } = told(
      started('plan'),
      refusing('web01'),
      finished({ web01: 'refused: x', web02: 'needs-fix: y' }),
    );
    assert.equal(notification.needsPerson, false);
    assert.equal(notification.mode, 'plan');
  });

  it('has hosts with the same end and reason together, the worst first, and is bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`web${i}`, 'repaired: the same'] as const));
    const each = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`db${i}`, `not-repaired: ${i}`] as const));
    const { notification } = told(started(), finished({ ...many, ...each, x: 'unknown: lost', y: 'healthy: fine' }));
    assert.deepEqual(notification.ends[0], { outcome: 'unknown', reason: 'lost', hosts: ['x'], moreHosts: 0 });
    assert.equal(notification.ends.length, 20);
    assert.equal(notification.moreEnds, 32);
    const { ends } = told(started(), finished(many)).notification;
    assert.deepEqual(
      ends.map(({ hosts, moreHosts }) => [hosts.length, moreHosts]),
      [[30, 70]],
    );
  });
});
