import type { ServeStatus } from '../../src/server/status.ts';

/** Of a serve in which all is well. */
export const WELL: ServeStatus = {
  startedAt: Date.parse('2026-11-23T10:00:00Z'),
  sinceTurnMs: 250,
  stopping: false,
  schedules: [
    { name: 'apache', nextStart: Date.parse('2026-11-23T10:05:00Z'), paused: false, running: 1 },
    { name: 'never', paused: true, running: 0 },
  ],
  occurrences: [{ schedule: 'apache', state: 'ended', count: 3 }],
  runs: [{ runbook: 'apache-accept-lock', exitCode: 0, count: 3 }],
  hosts: [{ outcome: 'repaired', count: 2 }],
  waitingNotifications: 0,
};
