import assert from 'node:assert/strict';
import { receiversOf, toldOf, type Occasion } from '../../../src/app/notify/receivers.ts';
import type { Notify } from '../../../src/model/configuration.ts';
import type { Notification, RunNotification } from '../../../src/model/notification.ts';
import { MISSED, RUN } from '../../notify/support/notifications.ts';

const AT = { file: 'config.yaml', start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 1, offset: 0 } };

const notify = (name: string, changes: Partial<Notify> = {}): Notify => ({
  name,
  to: { kind: 'email', address: 'ops@example.org' },
  on: ['needs-person'],
  when: {},
  at: AT,
  ...changes,
});

const GROUPS: Readonly<Record<string, readonly string[]>> = { webservers: ['web01', 'web02'], databases: ['db01'] };

const OCCASION: Occasion = {
  trigger: 'schedule',
  runbook: 'apache-accept-lock',
  hosts: ['web01'],
  hostsOf: (pattern) => (pattern in GROUPS ? new Set(GROUPS[pattern]) : undefined),
  now: Date.parse('2026-11-23T03:00:00Z'),
};

const names = (notification: Notification, all: readonly Notify[], occasion = OCCASION): readonly string[] =>
  toldOf(notification, occasion, receiversOf(all)).map(({ name }) => name);

const FINE: RunNotification = { ...RUN, needsPerson: false, counts: { healthy: 1 } };
const REPAIRED: RunNotification = { ...FINE, counts: { repaired: 1 } };
const PLAN: RunNotification = { ...FINE, mode: 'plan' };
const ON = [notify('person'), notify('repaired', { on: ['repaired'] }), notify('all', { on: ['all'] })];

describe('toldOf', () => {
  it('tells each only of what they want to know', () => {
    assert.deepEqual(names(RUN, ON), ['person', 'all']);
    assert.deepEqual(names(FINE, ON), ['all']);
    assert.deepEqual(names(REPAIRED, ON), ['repaired', 'all']);
    assert.deepEqual(names({ ...RUN, counts: { repaired: 1, unknown: 1 } }, ON), ['person', 'repaired', 'all']);
    assert.deepEqual(names(MISSED, ON), ['person', 'all']);
    assert.deepEqual(names(PLAN, ON), ['all']);
    assert.deepEqual(names({ ...PLAN, trigger: 'person' }, ON), []);
  });

  it('tells those of whose pattern a host is, and those whose pattern cannot be told', () => {
    const all = ['webservers', 'databases', 'unheard-of'].map((hosts) => notify(hosts, { when: { hosts } }));
    assert.deepEqual(names(RUN, all), ['webservers', 'unheard-of']);
    assert.deepEqual(names(RUN, all, { ...OCCASION, hosts: ['web01', 'db01'] }), [
      'webservers',
      'databases',
      'unheard-of',
    ]);
    const { hosts: _, ...unknown } = OCCASION;
    assert.deepEqual(names(MISSED, all, { ...unknown, hostsOf: () => undefined }), [
      'webservers',
      'databases',
      'unheard-of',
    ]);
  });

  it('tells those whose trigger, runbook and time it is', () => {
    const all = [
      notify('trigger', { when: { triggers: ['schedule'] } }),
      notify('other trigger', { when: { triggers: ['person'] } }),
      notify('runbook', { when: { runbooks: ['apache-*'] } }),
      notify('other runbook', { when: { runbooks: ['disk-*'] } }),
      notify('night', { when: { time: { from: 0, to: 6 * 60, timezone: 'UTC' } } }),
      notify('day', { when: { time: { from: 6 * 60, to: 0, timezone: 'UTC' } } }),
    ];
    assert.deepEqual(names(RUN, all), ['trigger', 'runbook', 'night']);
  });

  it('keeps receivers of one name apart', () => {
    const all = [notify('on call'), notify('on call'), notify('ops')];
    assert.deepEqual(
      receiversOf(all).map(({ name }) => name),
      ['on call', 'on call (2)', 'ops'],
    );
  });
});
