import type { RunRecord } from '../../src/model/store.ts';

/** A run as the store lists it: of one host, not ended yet, and without its process. */
export const RECORD: RunRecord = {
  runId: '01b',
  mode: 'run',
  runbook: 'down',
  startedAt: '2026-11-22T10:00:00.000Z',
  startedBy: 'ann@desk',
  reason: '',
  hosts: 1,
  counts: {},
};
