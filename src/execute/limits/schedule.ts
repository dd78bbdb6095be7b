import type { BatchStarted, LimitReached } from '../../model/event.ts';
import type { Closed, Gate } from './gate.ts';
import type { KeepWatch } from './keep-watch.ts';
import type { Turn } from './turn.ts';

export interface Schedule {
  /** Names of hosts, in the order of the plan. */
  readonly batches: readonly (readonly string[])[];
  /** Hosts at once until one was changed. */
  readonly canary: number;
  /** Hosts at once after that. */
  readonly forks: number;
  /** A former session of the run has changed a host: no canary is needed any more. */
  readonly hasChanged?: boolean;
  readonly gate: Gate;
  readonly keep: KeepWatch;
  /** Acts on a host, to its end. Rejects only when nothing more may be started at all. */
  readonly act: (host: string) => Promise<Turn>;
  /** Ends a host that is not started. */
  readonly leave: (host: string, reason: string) => Promise<unknown>;
  readonly tell: (event: BatchStarted | LimitReached) => Promise<unknown>;
}

/**
 * Starts hosts batch by batch, as far as the limits let it, and ends those that it does not start. A batch starts when all hosts
 * of the one before have ended. One in which no host was changed proves nothing: the next is begun with a canary again. One in
 * which the fix failed, before it has worked anywhere, is the last, whatever `max_failures` would allow. Once the
 * gate is closed, what runs is awaited; hosts that were running then may exceed `max_failures`, by one less than there are at
 * once. After a rejection nothing more is started; it is passed on when all that was running has ended.
 */
export async function actInBatches(schedule: Schedule): Promise<void> {
  await new Scheduler(schedule).run();
}

class Scheduler {
  readonly #schedule: Schedule;
  readonly #waiting: string[][];
  readonly #running = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #told = new Set<LimitReached['limit']>();
  #begun = 0;
  #hasChanged: boolean;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#hasChanged = schedule.hasChanged === true;
    this.#waiting = schedule.batches.map((batch) => [...batch]);
  }

  async run(): Promise<void> {
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) await this.#runBatch(batch);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Hosts that ended before they were started leave gaps. */
  #next(): string[] | undefined {
    const batch = this.#waiting.shift();
    if (batch?.length === 0) return this.#next();
    if (batch === undefined || this.#hasChanged || batch.length <= this.#schedule.canary) return batch;
    this.#waiting.unshift(batch.slice(this.#schedule.canary));
    return batch.slice(0, this.#schedule.canary);
  }

  async #runBatch(pending: string[]): Promise<void> {
    const { gate, keep } = this.#schedule;
    if (gate.closed() === undefined) await this.#announce(pending);
    for (;;) {
      this.#fill(pending);
      const closed = gate.closed();
      if (closed !== undefined) await this.#leaveAll([pending, ...this.#waiting], closed);
      if (this.#running.size === 0) break;
      await Promise.race(this.#running);
    }
    await this.#leaveAll([pending], keep.blocked());
    gate.noteBatch();
    const closed = gate.closed();
    if (closed !== undefined) await this.#leaveAll(this.#waiting, closed);
  }

  #announce(hosts: readonly string[]): Promise<void> {
    this.#begun += 1;
    const batches = this.#begun + this.#waiting.filter(({ length }) => length > 0).length;
    return this.#note(() =>
      this.#schedule.tell({ type: 'batch-started', batch: this.#begun, batches, hosts: [...hosts] }),
    );
  }

  #fill(pending: string[]): void {
    const { forks, gate, keep } = this.#schedule;
    while (this.#running.size < forks && this.#failures.length === 0 && gate.closed() === undefined) {
      const index = pending.findIndex((host) => keep.mayStart(host));
      const [host] = index === -1 ? [] : pending.splice(index, 1);
      if (host === undefined) return;
      this.#start(host);
    }
  }

  #start(host: string): void {
    const { gate, keep, act } = this.#schedule;
    keep.noteStart(host);
    const running = this.#note(async () => {
      const turn = await act(host);
      gate.note(host, turn);
      keep.noteEnd(host, turn.outcome);
      this.#hasChanged ||= turn.attempted;
    }).then(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #leaveAll(batches: readonly string[][], { reason, reached }: Closed): Promise<void> {
    const hosts = batches.flatMap((batch) => batch.splice(0));
    if (hosts.length === 0) return;
    await this.#note(async () => {
      if (reached !== undefined && !this.#told.has(reached.limit)) {
        this.#told.add(reached.limit);
        await this.#schedule.tell({ type: 'limit-reached', ...reached });
      }
      await Promise.all(hosts.map((host) => this.#schedule.leave(host, reason)));
    });
  }

  /** What is running must be awaited whatever happens. */
  async #note(work: () => Promise<unknown>): Promise<void> {
    if (this.#failures.length > 0) return;
    try {
      await work();
    } catch (failure) {
      this.#failures.push(failure);
    }
  }
}
