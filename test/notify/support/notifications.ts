import type { RunNotification, ScheduleNotification } from '../../../src/model/notification.ts';

export const RUN: RunNotification = {
  type: 'run-finished',
  id: '01kb00000000000000000000aa/42',
  at: '2026-11-23T03:00:12.345Z',
  machine: 'ctl1',
  runId: '01kb00000000000000000000aa',
  mode: 'run',
  runbook: 'apache-accept-lock',
  trigger: 'schedule',
  user: 'root',
  exitCode: 10,
  needsPerson: true,
  counts: { healthy: 17, 'not-repaired': 2, 'not-started': 1 },
  stops: [{ limit: 'max_failures', reason: '2 of 20 hosts failed', hint: 'look at them first' }],
  ends: [
    { outcome: 'not-repaired', reason: 'httpd does not start', hosts: ['web01', 'web02'], moreHosts: 0 },
    { outcome: 'not-started', reason: 'the run was stopped', hosts: ['web03'], moreHosts: 4 },
  ],
  moreEnds: 2,
};

export const MISSED: ScheduleNotification = {
  type: 'schedule-missed',
  id: 'apache-locks/2026-11-23T03:00:00Z/missed',
  at: '2026-11-23T04:00:00Z',
  machine: 'ctl1',
  schedule: 'apache-locks',
  runbook: 'apache-accept-lock',
  occurrence: '2026-11-23T03:00:00Z',
  reason: '',
  count: 3,
  since: '2026-11-23T01:00:00Z',
};

/** What hosts, files and people may have written, and what it must not do. */
export const HOSTILE: readonly string[] = [
  'a\nBcc: evil@example.org\n\nbody',
  'a\r\nSubject: other\r\n\r\n.\r\n',
  '\u001b[31mred\u001b[0m\u0007 \u202egnp.exe',
  '<!channel> <@U024BE7LH> <https://evil.example|click> & < >',
  '@channel @here @all',
  '```\n*bold* _it_ ~no~ `code` [text](https://evil.example)',
  '=?utf-8?Q?=0ABcc:_evil@example.org?=',
  'ü'.repeat(500),
  '\ud83d\ude00'.repeat(300),
  '\ud800 half of a character',
  'x'.repeat(100_000),
  '.\n.\nQUIT',
  '"}],"blocks":[{"type":"x"}]',
  '&amp;&lt;'.repeat(1000),
  '\0\u2028\u2029\u0085',
];

export const hostile = (text: string): RunNotification => ({
  ...RUN,
  machine: text,
  runbook: text,
  user: text,
  stops: [{ limit: text, reason: text, hint: text }],
  ends: [{ outcome: 'unknown', reason: text, hosts: [text, text], moreHosts: 1 }],
});
