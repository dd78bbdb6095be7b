import assert from 'node:assert/strict';
import { Broadcast } from '../../src/app/broadcast.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Reporter } from '../../src/model/reporter.ts';

describe('Broadcast', () => {
  it('shows an event only after it is kept', async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const journal = {
      commit: async (event: RunEvent) => {
        await gate.promise;
        order.push(`kept ${event.seq}`);
      },
    };
    const broadcast = new Broadcast(journal, [reporter((event) => order.push(`shown ${event.seq}`))]);
    const committed = broadcast.commit(eventOf(1));
    await Promise.resolve();
    assert.deepEqual(order, []);
    gate.resolve();
    await committed;
    assert.deepEqual(order, ['kept 1', 'shown 1']);
  });

  it('shows events in order though a journal keeps a later one first', async () => {
    const shown: number[] = [];
    const first = Promise.withResolvers<void>();
    const journal = { commit: (event: RunEvent) => (event.seq === 1 ? first.promise : Promise.resolve()) };
    const broadcast = new Broadcast(journal, [reporter((event) => shown.push(event.seq))]);
    const both = [broadcast.commit(eventOf(1)), broadcast.commit(eventOf(2))];
    await new Promise(setImmediate);
    assert.deepEqual(shown, []);
    first.resolve();
    await Promise.all(both);
    assert.deepEqual(shown, [1, 2]);
  });

  it('rejects and shows nothing more once the journal fails, and leaves no rejection unhandled', async () => {
    const shown: number[] = [];
    const journal = { commit: () => Promise.reject(new Error('disk full')) };
    const broadcast = new Broadcast(journal, [reporter((event) => shown.push(event.seq))]);
    void broadcast.commit(eventOf(1)).catch(() => undefined);
    await assert.rejects(broadcast.commit(eventOf(2)), /disk full/);
    await broadcast.close();
    assert.deepEqual(shown, []);
  });

  it('goes on without a reporter that throws, closes it, and tells at the end', async () => {
    const shown: number[] = [];
    let isClosed = false;
    const broken: Reporter = {
      accept: () => {
        throw new Error('no such colour');
      },
      close: async () => {
        isClosed = true;
      },
    };
    const broadcast = new Broadcast({ commit: () => Promise.resolve() }, [
      broken,
      reporter((event) => shown.push(event.seq)),
    ]);
    await broadcast.commit(eventOf(1));
    await broadcast.commit(eventOf(2));
    assert.deepEqual(shown, [1, 2]);
    await assert.rejects(broadcast.close(), /no such colour/);
    assert.ok(isClosed);
  });
});

function reporter(accept: (event: RunEvent) => void): Reporter {
  return { accept, close: () => Promise.resolve() };
}

function eventOf(seq: number): RunEvent {
  return { type: 'run-interrupted', signal: 'SIGINT', runId: 'r', seq, at: '2026-01-01T00:00:00.000Z' };
}
