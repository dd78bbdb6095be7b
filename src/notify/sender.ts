import type { Clock } from '../model/clock.ts';
import type { ProcessId } from '../model/event.ts';
import type { Outbox, OutboxEntry } from '../model/outbox.ts';
import { StoreFault, type StoreFaultKind } from '../model/store-fault.ts';
import { shorten } from '../util/shorten.ts';
import type { Delivery } from './delivery.ts';
import { patiently } from './patiently.ts';

/** From when it was put down: then it is given up. */
export const LAST_TRY_MS = 24 * 60 * 60_000;
/** Longer than a try may take with what is written down of it: whoever holds one for longer has died. */
const LEASE_MS = 30_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** How often others' messages are looked for. */
const LOOK_MS = 5_000;
/** What is over some time: see `Outbox`. */
const PASSING: ReadonlySet<StoreFaultKind> = new Set(['busy', 'full']);
/** Receivers at once. */
const AT_ONCE = 8;

export interface SenderParts {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Ours. */
  readonly process: ProcessId;
  /** One try; resolves soon after `signal` is aborted. */
  readonly deliver: (entry: OutboxEntry, signal: AbortSignal) => Promise<Delivery>;
}

/**
 * Sends what is in the outbox. To one receiver one message at a time, the oldest first, and none while it must be left alone; to
 * several at once, so that one that is slow or dead keeps no other waiting. Rejects with `StoreFault` when the store fails.
 */
export class Sender {
  readonly #parts: SenderParts;
  /** Receivers to which something is being sent. */
  readonly #busy = new Set<string>();
  /** Receivers that failed, and until when nothing is sent to them: milliseconds since 1970. */
  readonly #resting = new Map<string, number>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Until nothing is due. When `signal` is aborted what is being sent is broken off, and due again at once. */
  async sendDue(signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    try {
      for (;;) {
        const entry = signal.aborted || running.size >= AT_ONCE ? undefined : this.#next();
        if (entry !== undefined) {
          const sending: Promise<void> = this.#send(entry, signal).finally(() => running.delete(sending));
          running.add(sending);
        } else if (running.size > 0) await Promise.race(running);
        else return;
      }
    } finally {
      await Promise.allSettled(running);
    }
  }

  /** Until `signal` is aborted. A store that is full or locked is waited for. */
  async keepSending(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.sendDue(signal).catch((cause: unknown) => {
        if (!(cause instanceof StoreFault && PASSING.has(cause.kind))) throw cause;
      });
      await this.#parts.clock.sleep(LOOK_MS, signal);
    }
  }

  #next(): OutboxEntry | undefined {
    const { outbox, clock, process } = this.#parts;
    const now = clock.now();
    return outbox
      .due(now)
      .filter(({ receiver }) => !this.#busy.has(receiver) && (this.#resting.get(receiver) ?? 0) <= now)
      .find(({ id }) => outbox.lease(id, process, now, now + LEASE_MS));
  }

  async #send(entry: OutboxEntry, signal: AbortSignal): Promise<void> {
    this.#busy.add(entry.receiver);
    try {
      const { deliver, clock } = this.#parts;
      const settle = this.#settlement(entry, await deliver(entry, signal), signal.aborted);
      await patiently(clock, settle);
    } finally {
      this.#busy.delete(entry.receiver);
    }
  }

  /** What is to be written down of a try. */
  #settlement(entry: OutboxEntry, delivery: Delivery, isBrokenOff: boolean): () => boolean {
    const { id, receiver, tries, createdAt } = entry;
    const { outbox, clock, process, random } = this.#parts;
    const now = clock.now();
    const at = new Date(now).toISOString();
    const note = shorten(delivery.note, 500);
    this.#resting.delete(receiver);
    if (delivery.kind === 'sent') return () => outbox.sent(id, process, at);
    if (delivery.kind === 'never') return () => outbox.giveUp(id, process, note, at);
    if (isBrokenOff) return () => outbox.failed(id, process, note, now);
    const wait = Math.max(pauseAfter(tries, random()), delivery.afterMs ?? 0);
    const last = Date.parse(createdAt) + LAST_TRY_MS;
    // Once more at the very end, rather than not at all in its last hours.
    const next = now < last ? Math.min(now + wait, last) : undefined;
    this.#resting.set(receiver, next ?? now + wait);
    if (next === undefined) return () => outbox.giveUp(id, process, `${note}; tried for a day`, at);
    return () => outbox.failed(id, process, note, next);
  }
}

/** Pure: milliseconds until the next try, doubled with each; `random`, from 0 to 1, spreads them over half of it. */
export function pauseAfter(tries: number, random: number): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 20), LONGEST_PAUSE_MS);
  return Math.round(pause * (0.75 + random / 2));
}
