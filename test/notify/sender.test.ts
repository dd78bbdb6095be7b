import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../src/model/outbox.ts';
import type { ProcessId } from '../../src/model/event.ts';
import type { Delivery } from '../../src/notify/delivery.ts';
import { LAST_TRY_MS, pauseAfter, Sender } from '../../src/notify/sender.ts';
import { StoreFault } from '../../src/model/store-fault.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryOutbox } from '../support/memory-outbox.ts';

const process = (pid: number): ProcessId => ({ machine: 'ctl1', pid, startTime: '1', bootId: 'b' });
const HOUR_MS = 60 * 60_000;

interface Given {
  readonly deliver: (entry: OutboxEntry, signal: AbortSignal) => Delivery | Promise<Delivery>;
  readonly outbox?: MemoryOutbox;
  readonly clock?: FakeClock;
  readonly pid?: number;
}

function rig({ deliver, outbox = new MemoryOutbox(), clock = new FakeClock(), pid = 1 }: Given) {
  const tried: { readonly id: string; readonly at: number }[] = [];
  const begun = clock.now();
  const sender = new Sender({
    outbox,
    clock,
    random: () => 0.5,
    process: process(pid),
    deliver: async (entry, signal) => {
      tried.push({ id: entry.id, at: clock.now() - begun });
      return deliver(entry, signal);
    },
  });
  const put = (...ids: readonly string[]): void => {
    for (const id of ids) {
      const [receiver = ''] = id.split('/');
      outbox.put({ id, receiver, body: null, createdAt: new Date(clock.now()).toISOString() });
    }
  };
  return { sender, outbox, clock, tried, put };
}

const SENT: Delivery = { kind: 'sent', note: '' };
const LATER: Delivery = { kind: 'later', note: 'answered 503' };
const NEVER: Delivery = { kind: 'never', note: 'answered 404' };
const neverAborted = (): AbortSignal => new AbortController().signal;

describe('Sender', () => {
  it('sends each message once, the oldest of a receiver first', async () => {
    const { sender, put, tried, outbox } = rig({ deliver: () => SENT });
    put('a/1', 'a/2', 'b/1');
    await sender.sendDue(neverAborted());
    await sender.sendDue(neverAborted());
    assert.deepEqual(tried.map(({ id }) => id).toSorted(), ['a/1', 'a/2', 'b/1']);
    assert.ok(tried.findIndex(({ id }) => id === 'a/1') < tried.findIndex(({ id }) => id === 'a/2'));
    assert.equal(outbox.nextTry(), undefined);
  });

  it('keeps no receiver waiting for another, and sends to each one at a time', async () => {
    let free: (delivery: Delivery) => void = () => undefined;
    const slow = new Promise<Delivery>((resolve) => (free = resolve));
    let [now, most] = [0, 0];
    const { sender, put, tried } = rig({
      deliver: async ({ receiver }) => {
        if (receiver === 'slow') return slow;
        most = Math.max(most, ++now);
        await Promise.resolve();
        now--;
        return SENT;
      },
    });
    put('slow/1', 'slow/2', 'a/1', 'a/2', 'a/3');
    const sending = sender.sendDue(neverAborted());
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    assert.deepEqual(tried.map(({ id }) => id).toSorted(), ['a/1', 'a/2', 'a/3', 'slow/1']);
    assert.equal(most, 1);
    free(SENT);
    await sending;
    assert.equal(tried.length, 5);
  });

  it('tries again with growing pauses for a day, then gives up and says why', async () => {
    const { sender, put, tried, outbox, clock } = rig({ deliver: () => LATER });
    put('a/1');
    const stop = new AbortController();
    const sending = sender.keepSending(stop.signal);
    await clock.sleep(30 * HOUR_MS);
    stop.abort();
    await sending;
    const pauses = tried.slice(1).map(({ at }, index) => at - (tried[index]?.at ?? 0));
    assert.deepEqual(pauses.slice(0, 4), [5000, 10_000, 20_000, 40_000]);
    assert.ok(Math.max(...pauses) <= HOUR_MS + 5000);
    assert.ok(tried.length > 25 && tried.length < 40, String(tried.length));
    const last = tried.at(-1)?.at ?? 0;
    assert.ok(last >= LAST_TRY_MS && last <= LAST_TRY_MS + 5000, String(last));
    const [lost] = outbox.givenUp('2000-01-01T00:00:00Z');
    assert.equal(lost?.error, 'answered 503; tried for a day');
    assert.equal(outbox.nextTry(), undefined);
  });

  it('tries what is older than a day once', async () => {
    const { sender, put, tried, clock, outbox } = rig({ deliver: () => LATER });
    put('a/1');
    await clock.sleep(72 * HOUR_MS);
    await sender.sendDue(neverAborted());
    await clock.sleep(72 * HOUR_MS);
    await sender.sendDue(neverAborted());
    assert.equal(tried.length, 1);
    assert.equal(outbox.givenUp('2000-01-01T00:00:00Z').length, 1);
  });

  it('gives up at once what would never arrive, and goes on with the next', async () => {
    const { sender, put, tried, outbox } = rig({ deliver: ({ id }) => (id === 'a/1' ? NEVER : SENT) });
    put('a/1', 'a/2');
    await sender.sendDue(neverAborted());
    assert.equal(tried.length, 2);
    assert.deepEqual(
      outbox.givenUp('2000-01-01T00:00:00Z').map(({ id, error }) => [id, error]),
      [['a/1', 'answered 404']],
    );
  });

  it('leaves a receiver alone for as long as it asks, with all that is for it', async () => {
    const { sender, put, tried, clock } = rig({
      deliver: () => (clock.now() === begun ? { ...LATER, afterMs: HOUR_MS } : SENT),
    });
    const begun = clock.now();
    put('a/1', 'a/2');
    const stop = new AbortController();
    const sending = sender.keepSending(stop.signal);
    await clock.sleep(2 * HOUR_MS);
    stop.abort();
    await sending;
    assert.deepEqual(
      tried.map(({ at }) => at >= HOUR_MS),
      [false, true, true],
    );
  });

  it('breaks off what it is sending when it is stopped, and leaves it to the next process at once', async () => {
    const stop = new AbortController();
    const first = rig({
      deliver: (_, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'later', note: 'cancelled' }))),
    });
    first.put('a/1');
    const sending = first.sender.sendDue(stop.signal);
    stop.abort();
    await sending;
    const next = rig({ ...first, deliver: () => SENT, pid: 2 });
    await next.sender.sendDue(neverAborted());
    assert.deepEqual([first.tried.length, next.tried.length], [1, 1]);
    assert.equal(first.outbox.nextTry(), undefined);
  });

  it('sends nothing twice when several processes send, and takes up what a dead one had', async () => {
    const outbox = new MemoryOutbox();
    const clock = new FakeClock();
    const dead = rig({ outbox, clock, pid: 1, deliver: () => new Promise<Delivery>(() => undefined) });
    dead.put('a/1');
    void dead.sender.sendDue(neverAborted());
    const others = [2, 3, 4].map((pid) => rig({ outbox, clock, pid, deliver: () => SENT }));
    others[0]?.put('b/1', 'b/2', 'c/1', 'd/1');
    await Promise.all(others.map(({ sender }) => sender.sendDue(neverAborted())));
    const tried = (): readonly string[] => others.flatMap((each) => each.tried.map(({ id }) => id)).toSorted();
    assert.deepEqual(tried(), ['b/1', 'b/2', 'c/1', 'd/1']);
    await clock.sleep(31_000);
    await Promise.all(others.map(({ sender }) => sender.sendDue(neverAborted())));
    assert.deepEqual(tried(), ['a/1', 'b/1', 'b/2', 'c/1', 'd/1']);
  });

  it('waits for a store that is locked, and goes on', async () => {
    const { sender, put, outbox, tried, clock } = rig({ deliver: () => SENT });
    put('a/1');
    let times = 0;
    const sent = outbox.sent.bind(outbox);
    outbox.sent = (...given) => {
      if (++times < 5) throw new StoreFault('busy', 'locked');
      return sent(...given);
    };
    const due = outbox.due.bind(outbox);
    outbox.due = (now) => {
      if (times === 0 && tried.length === 0 && now === begun) throw new StoreFault('full', 'no room');
      return due(now);
    };
    const begun = clock.now();
    const stop = new AbortController();
    const sending = sender.keepSending(stop.signal);
    await clock.sleep(60_000);
    stop.abort();
    await sending;
    assert.deepEqual([times, tried.length, outbox.nextTry()], [5, 1, undefined]);
  });

  it('rejects when the store fails, once nothing is being sent any more', async () => {
    const { sender, put, outbox } = rig({ deliver: () => SENT });
    put('a/1', 'b/1');
    outbox.sent = () => {
      throw new Error('no store');
    };
    await assert.rejects(sender.sendDue(neverAborted()), /no store/);
  });
});

describe('pauseAfter', () => {
  it('doubles up to an hour, spread over a half of it', () => {
    assert.deepEqual(
      [0, 1, 2, 10, 50].map((tries) => pauseAfter(tries, 0.5)),
      [5000, 10_000, 20_000, HOUR_MS, HOUR_MS],
    );
    assert.deepEqual(
      [0, 1].map((random) => pauseAfter(2, random)),
      [15_000, 25_000],
    );
  });
});
