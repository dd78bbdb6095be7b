import assert from 'node:assert/strict';
import { OUTBOX_MEMORY_MS, type Outbox, type OutboxMessage } from '../../src/model/outbox.ts';
import { processOf } from './schedule-store.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const SECOND = 1000;
const US = processOf(1);
const OTHERS = processOf(2);

const at = (seconds: number): string => new Date(NOW + seconds * SECOND).toISOString();

const message = (id: string, seconds = 0): OutboxMessage => ({
  id,
  receiver: 'on call',
  body: { text: `about ${id}`, hosts: ['web01'] },
  createdAt: at(seconds),
});

/** The promises of `Outbox`. `make`: an empty one; called again in one test, what another process has of it. */
export function describeOutbox(make: () => Outbox): void {
  let outbox: Outbox;
  beforeEach(() => {
    outbox = make();
  });
  const due = (seconds = 0): readonly string[] => outbox.due(NOW + seconds * SECOND).map(({ id }) => id);
  const lease = (id: string, by = US, from = 0): boolean =>
    outbox.lease(id, by, NOW + from * SECOND, NOW + (from + 60) * SECOND);

  it('has what was put there, as it was, once', () => {
    assert.equal(outbox.put(message('a')), true);
    assert.equal(outbox.put(message('a', 5)), false);
    assert.deepEqual(outbox.due(NOW), [{ ...message('a'), state: 'waiting', tries: 0, nextTry: NOW }]);
    assert.equal(outbox.nextTry(), NOW);
  });

  it('gives what waits longest first', () => {
    outbox.put(message('b', 1));
    outbox.put(message('a', 2));
    outbox.put(message('c', 0));
    assert.deepEqual(due(1), ['c', 'b']);
    assert.deepEqual(due(2), ['c', 'b', 'a']);
  });

  it('leaves a message to one process, and to another once its time is over', () => {
    outbox.put(message('a'));
    assert.equal(lease('a'), true);
    assert.deepEqual(due(59), []);
    assert.equal(make().lease('a', OTHERS, NOW, NOW + SECOND), false);
    assert.equal(outbox.nextTry(), NOW + 60 * SECOND);
    assert.deepEqual(due(60), ['a']);
    assert.equal(lease('a', OTHERS, 60), true);
    assert.equal(outbox.sent('a', US, at(61)), false);
    assert.equal(outbox.sent('a', OTHERS, at(61)), true);
  });

  it('has nothing more to do with one that was sent, and remembers it', () => {
    outbox.put(message('a'));
    lease('a');
    assert.equal(outbox.sent('a', US, at(1)), true);
    assert.equal(outbox.sent('a', US, at(1)), false);
    assert.deepEqual([due(99), outbox.nextTry(), lease('a', US, 99)], [[], undefined, false]);
    assert.equal(outbox.put(message('a', 100)), false);
    assert.deepEqual(outbox.givenUp(at(0)), []);
  });

  it('keeps one that failed until its next try, and counts', () => {
    outbox.put(message('a'));
    for (const tries of [1, 2]) {
      lease('a', US, tries * 100);
      assert.equal(outbox.failed('a', US, 'refused', NOW + (tries + 1) * 100 * SECOND), true);
      assert.equal(outbox.failed('a', US, 'refused', NOW), false);
    }
    assert.deepEqual(due(299), []);
    assert.equal(lease('a', US, 299), false);
    const [entry] = outbox.due(NOW + 300 * SECOND);
    const failed = { state: 'waiting', tries: 2, nextTry: NOW + 300 * SECOND, error: 'refused' } as const;
    assert.deepEqual(entry, { ...message('a'), ...failed });
  });

  it('counts what waits, in whosever hands and however often it failed', () => {
    for (const id of ['waits', 'leased', 'failed', 'sent', 'lost']) outbox.put(message(id));
    for (const id of ['leased', 'failed', 'sent', 'lost']) lease(id);
    outbox.failed('failed', US, 'refused', NOW + 100 * SECOND);
    outbox.sent('sent', US, at(1));
    outbox.giveUp('lost', US, 'no', at(1));
    assert.equal(outbox.waiting(), 3);
    assert.equal(make().waiting(), 3);
  });

  it('tells what was given up, newest first', () => {
    for (const id of ['a', 'b', 'c']) {
      outbox.put(message(id));
      lease(id);
    }
    outbox.giveUp('a', US, 'status 410', at(10));
    outbox.giveUp('b', US, 'tried for a day', at(20));
    assert.deepEqual(
      outbox.givenUp(at(0)).map(({ id, error, tries, endedAt }) => ({ id, error, tries, endedAt })),
      [
        { id: 'b', error: 'tried for a day', tries: 1, endedAt: at(20) },
        { id: 'a', error: 'status 410', tries: 1, endedAt: at(10) },
      ],
    );
    assert.deepEqual(
      outbox.givenUp(at(15)).map(({ id }) => id),
      ['b'],
    );
  });

  it('forgets what ended long ago, and nothing that waits', () => {
    for (const id of ['sent', 'lost', 'waits']) outbox.put(message(id));
    lease('sent');
    lease('lost');
    outbox.sent('sent', US, at(0));
    outbox.giveUp('lost', US, 'no', at(0));
    const later = OUTBOX_MEMORY_MS / SECOND;
    assert.equal(outbox.put(message('sent', later)), false);
    assert.equal(outbox.put(message('sent', later + 1)), true);
    assert.deepEqual(outbox.givenUp(at(0)), []);
    assert.deepEqual(due(later), ['waits']);
  });
}
