import assert from 'node:assert/strict';
import { undeliveredComplaints } from '../../../src/app/doctor/undelivered.ts';
import { MemoryOutbox } from '../../support/memory-outbox.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY_MS = 24 * 60 * 60_000;
const BY = { machine: 'ctl1', pid: 1, startTime: '', bootId: '' };

describe('undeliveredComplaints', () => {
  it('names each receiver that was not told in the last week, with the newest reason', () => {
    const outbox = new MemoryOutbox();
    const lose = (id: string, receiver: string, daysAgo: number, error: string): void => {
      const at = NOW - daysAgo * DAY_MS;
      outbox.put({ id, receiver, body: null, createdAt: new Date(at - DAY_MS).toISOString() });
      outbox.lease(id, BY, at, at + 1);
      outbox.giveUp(id, BY, error, new Date(at).toISOString());
    };
    assert.deepEqual(undeliveredComplaints(outbox, NOW), []);
    lose('1', 'on call', 3, 'answered 503');
    lose('2', 'on call', 1, 'answered\u001b 404');
    lose('3', 'ops', 8, 'too old to tell');
    const [first, ...more] = undeliveredComplaints(outbox, NOW);
    assert.deepEqual(more, []);
    assert.equal(first?.severity, 'warning');
    assert.equal(first.what, 'on call was not told 2 things in the last 7 days: answered\\x1b 404');
    assert.equal(first.fix, 'runbook notify test');
  });
});
