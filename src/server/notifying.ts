import { Notifier } from '../app/notify/notifier.ts';
import type { Prepared } from '../app/prepare.ts';
import type { Site } from '../app/surroundings.ts';
import type { Clock } from '../model/clock.ts';
import type { OccurrenceRecord } from '../model/occurrence.ts';
import type { Outbox } from '../model/outbox.ts';
import type { Schedule } from '../model/schedule.ts';
import { StoreFault } from '../model/store-fault.ts';
import type { ReopenedStore } from './reopened-store.ts';
import type { Say } from './serve-event.ts';

const AGAIN_MS = 5000;

export interface NotifyingParts {
  readonly site: Site;
  readonly store: ReopenedStore;
  readonly clock: Clock;
  readonly say: Say;
}

/** Tells those whom one configuration names, beside the work, whatever becomes of the store. */
export class Notifying {
  readonly #parts: NotifyingParts;
  readonly #notifier: Notifier;
  readonly #over = new AbortController();
  readonly #sending: Promise<void>;

  /** Sends from now on. */
  constructor(parts: NotifyingParts) {
    const { site, store, clock, say } = parts;
    this.#parts = parts;
    this.#notifier = new Notifier({
      site,
      secrets: {},
      clock,
      store: { events: (runId) => store.current.events(runId) },
      outbox: currentOutbox(store),
      onTry: (receiver, { kind, note }) => {
        const how = { sent: 'was told', later: 'could not be told yet', never: 'cannot be told' }[kind];
        const level = kind === 'sent' ? 'info' : 'warning';
        say({ level, type: 'notification', message: `${receiver} ${how}${kind === 'sent' ? '' : `: ${note}`}` });
      },
    });
    this.#sending = this.#keepSending();
  }

  /** Rejects with `StoreFault`, as the next two. */
  tellOfRun(runId: string, { policy }: Pick<Prepared, 'policy'>): Promise<void> {
    return this.#notifier.tellOfRun(runId, policy.hostsOf);
  }

  /** Of a run of which only the record is known: whoever asks for certain hosts is told, too. */
  tellOfPastRun(runId: string): Promise<void> {
    return this.#notifier.tellOfRun(runId, () => undefined);
  }

  async tellOfRow(record: OccurrenceRecord, schedule: Pick<Schedule, 'runbook'> = { runbook: '' }): Promise<void> {
    await this.#notifier.tellOfOccurrence(record, schedule);
  }

  /** What is being sent is broken off: it waits in the outbox. */
  async close(): Promise<void> {
    this.#over.abort();
    await this.#sending;
  }

  async #keepSending(): Promise<void> {
    const { clock, site } = this.#parts;
    if (site.configuration.notify.length === 0) return;
    while (!this.#over.signal.aborted) {
      try {
        await this.#notifier.keepSending(this.#over.signal);
      } catch (cause) {
        if (!(cause instanceof StoreFault)) throw cause;
        await clock.sleep(AGAIN_MS, this.#over.signal);
      }
    }
  }
}

/** The store may be another object by the next call. */
function currentOutbox(store: ReopenedStore): Outbox {
  return {
    put: (message) => store.current.outbox.put(message),
    due: (now) => store.current.outbox.due(now),
    lease: (id, by, now, until) => store.current.outbox.lease(id, by, now, until),
    sent: (id, by, at) => store.current.outbox.sent(id, by, at),
    failed: (id, by, error, nextTry) => store.current.outbox.failed(id, by, error, nextTry),
    giveUp: (id, by, error, at) => store.current.outbox.giveUp(id, by, error, at),
    nextTry: () => store.current.outbox.nextTry(),
    waiting: () => store.current.outbox.waiting(),
    givenUp: (since) => store.current.outbox.givenUp(since),
  };
}
