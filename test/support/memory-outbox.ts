import { isDeepStrictEqual } from 'node:util';
import { OUTBOX_MEMORY_MS, type Outbox, type OutboxEntry, type OutboxMessage } from '../../src/model/outbox.ts';
import type { ProcessId } from '../../src/model/event.ts';

/** Messages of a test; processes of a test share one. */
export class MemoryOutbox implements Outbox {
  readonly #entries = new Map<string, OutboxEntry>();

  put(message: OutboxMessage): boolean {
    const createdAt = Date.parse(message.createdAt);
    for (const { id, endedAt } of [...this.#entries.values()])
      if (endedAt !== undefined && Date.parse(endedAt) < createdAt - OUTBOX_MEMORY_MS) this.#entries.delete(id);
    if (this.#entries.has(message.id)) return false;
    this.#entries.set(message.id, { ...message, state: 'waiting', tries: 0, nextTry: createdAt });
    return true;
  }

  due(now: number): readonly OutboxEntry[] {
    return this.#unsent().filter(({ nextTry, lease }) => nextTry <= now && (lease?.until ?? 0) <= now);
  }

  lease(id: string, by: ProcessId, now: number, until: number): boolean {
    const entry = this.due(now).find((each) => each.id === id);
    if (entry !== undefined) this.#entries.set(id, { ...entry, lease: { process: by, until } });
    return entry !== undefined;
  }

  sent(id: string, by: ProcessId, at: string): boolean {
    return this.#leave(id, by, () => ({ state: 'sent', endedAt: at }));
  }

  failed(id: string, by: ProcessId, error: string, nextTry: number): boolean {
    return this.#leave(id, by, ({ tries }) => ({ tries: tries + 1, error, nextTry }));
  }

  giveUp(id: string, by: ProcessId, error: string, at: string): boolean {
    return this.#leave(id, by, ({ tries }) => ({ state: 'given-up', tries: tries + 1, error, endedAt: at }));
  }

  nextTry(): number | undefined {
    const times = this.#unsent().map(({ nextTry, lease }) => Math.max(nextTry, lease?.until ?? 0));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  waiting(): number {
    return this.#unsent().length;
  }

  givenUp(since: string): readonly OutboxEntry[] {
    return [...this.#entries.values()]
      .filter(({ state, endedAt }) => state === 'given-up' && Date.parse(endedAt ?? '') >= Date.parse(since))
      .toSorted((a, b) => Date.parse(b.endedAt ?? '') - Date.parse(a.endedAt ?? ''));
  }

  #unsent(): readonly OutboxEntry[] {
    return [...this.#entries.values()]
      .filter(({ state }) => state === 'waiting')
      .toSorted((a, b) => a.nextTry - b.nextTry || (a.id < b.id ? -1 : 1));
  }

  #leave(id: string, by: ProcessId, change: (entry: OutboxEntry) => Partial<OutboxEntry>): boolean {
    const entry = this.#entries.get(id);
    if (entry?.lease === undefined || !isDeepStrictEqual(entry.lease.process, by)) return false;
    const { lease: _, ...left } = entry;
    this.#entries.set(id, { ...left, ...change(entry) });
    return true;
  }
}
