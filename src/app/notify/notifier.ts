import { hostname } from 'node:os';
import type { Clock } from '../../model/clock.ts';
import type { Notification, ScheduleNotification } from '../../model/notification.ts';
import type { OccurrenceRecord } from '../../model/occurrence.ts';
import type { Outbox, OutboxEntry } from '../../model/outbox.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { Store } from '../../model/store.ts';
import type { Delivery } from '../../notify/delivery.ts';
import { patiently } from '../../notify/patiently.ts';
import { runNotification } from '../../notify/run-notification.ts';
import { Sender } from '../../notify/sender.ts';
import { fromStored, toStored } from '../../notify/stored-notification.ts';
import type { Circumstances } from '../../plan/policy.ts';
import { thisProcess } from '../process-id.ts';
import { deliver, type Directory } from './deliver.ts';
import { receiversOf, toldOf, type Occasion, type Receiver } from './receivers.ts';

export interface NotifierParts extends Directory {
  readonly store: Pick<Store, 'events'>;
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** Hears what became of each try. */
  readonly onTry: (receiver: string, delivery: Delivery) => void;
}

/**
 * Tells those whom `notify` of the configuration names. What is told is put into the outbox, durable when the call resolves, and put
 * there once however often it is told; sending is a thing of its own. All of it rejects with `StoreFault` when the store fails.
 */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #receivers: readonly Receiver[];
  readonly #sender: Sender;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    const { outbox, clock, site, onTry } = parts;
    this.#receivers = receiversOf(site.configuration.notify);
    this.#sender = new Sender({
      outbox,
      clock,
      random: Math.random,
      process: thisProcess(),
      deliver: async (entry, signal) => {
        const delivery = await this.#deliver(entry, signal);
        onTry(entry.receiver, delivery);
        return delivery;
      },
    });
  }

  /** That a run has ended. Nothing is told of one that is not there, or has no end. */
  async tellOfRun(runId: string, hostsOf: Circumstances['hostsOf']): Promise<void> {
    if (this.#receivers.length === 0) return;
    const told = runNotification(this.#parts.store.events(runId), hostname());
    if (told === undefined) return;
    const { notification, hosts } = told;
    const { trigger, runbook } = notification;
    await this.#tell(notification, { trigger, runbook, hosts, hostsOf, now: this.#parts.clock.now() });
  }

  /** That no run could begin, or that its time was missed; of another state nothing is told. */
  async tellOfOccurrence(record: OccurrenceRecord, { runbook }: Pick<Schedule, 'runbook'>): Promise<void> {
    const notification = occurrenceNotification(record, runbook);
    if (notification === undefined) return;
    const now = this.#parts.clock.now();
    await this.#tell(notification, { trigger: 'schedule', runbook, hostsOf: () => undefined, now });
  }

  /** What is due, for so many milliseconds at most: the rest is left to the process that comes next. */
  async sendFor(limitMs: number): Promise<void> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limitMs);
    await this.#sender.sendDue(limit.signal).finally(() => clearTimeout(timer));
  }

  /** Until `signal` is aborted. */
  keepSending(signal: AbortSignal): Promise<void> {
    return this.#sender.keepSending(signal);
  }

  async #deliver({ receiver: name, body }: OutboxEntry, signal: AbortSignal): Promise<Delivery> {
    const receiver = this.#receivers.find((each) => each.name === name);
    const notification = fromStored(body);
    if (receiver === undefined) return { kind: 'never', note: `nobody in the configuration is called ${name}` };
    if (notification === undefined) return { kind: 'never', note: 'it is of another version of runbook' };
    return deliver(notification, receiver.notify, this.#parts, signal);
  }

  async #tell(notification: Notification, occasion: Occasion): Promise<void> {
    const { outbox, clock } = this.#parts;
    const createdAt = new Date(clock.now()).toISOString();
    for (const { name } of toldOf(notification, occasion, this.#receivers)) {
      const id = `${notification.id} ${name}`;
      await patiently(clock, () => outbox.put({ id, receiver: name, body: toStored(notification), createdAt }));
    }
  }
}

function occurrenceNotification(record: OccurrenceRecord, runbook: string): ScheduleNotification | undefined {
  const { schedule, key, state, decidedAt, note = '', count = 1, since = key } = record;
  if (state !== 'failed' && state !== 'missed') return undefined;
  return {
    type: `schedule-${state}`,
    id: `${schedule}/${key}/${state}`,
    at: record.endedAt ?? decidedAt,
    machine: hostname(),
    schedule,
    runbook,
    occurrence: key,
    reason: note,
    count,
    since,
  };
}
