import type { Clock } from '../model/clock.ts';
import type { ProcessId } from '../model/event.ts';
import type { OccurrenceRecord, ScheduleStore, Settlement } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { StoreFault } from '../model/store-fault.ts';
import { patiently } from '../notify/patiently.ts';
import { settlementOf, type OccurrenceEnd, type RunningOccurrence } from './run-occurrence.ts';
import type { Say } from './serve-event.ts';

/** A row that runs and is ours, and how its run is brought to its end. `schedule`: absent where the configuration has it no more. */
export interface Task {
  readonly occurrence: RunningOccurrence;
  readonly how: 'start' | 'resume';
  readonly schedule?: Schedule;
}

export interface TaskSignals {
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}

/** What the runs of schedules need of the world. */
export interface OngoingParts {
  readonly clock: Clock;
  readonly process: ProcessId;
  /** Throws `StoreFault` while there is none. */
  readonly store: () => ScheduleStore;
  /** Rejects with `StoreFault` only, or for a bug. */
  readonly carryOut: (task: Task, signals: TaskSignals) => Promise<OccurrenceEnd>;
  /** Called before the end stands in the row. Rejects with `StoreFault`. */
  readonly tell: (record: OccurrenceRecord, ended: OccurrenceEnd, schedule?: Schedule) => Promise<void>;
  readonly onEnd: (task: Task, ended: OccurrenceEnd, settlement?: Settlement) => void;
  readonly say: Say;
}

interface Ongoing {
  readonly task: Task;
  readonly stop: AbortController;
  readonly kill: AbortController;
  /** It is to end where it is, for the next one. */
  isReplaced: boolean;
  done: Promise<void>;
}

/** The runs of schedules that go on in this process. One that fails, for whatever reason, fails alone. */
export class OngoingRuns {
  readonly #parts: OngoingParts;
  readonly #ongoing = new Map<string, Ongoing>();

  constructor(parts: OngoingParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#ongoing.size;
  }

  has(runId: string): boolean {
    return this.#ongoing.has(runId);
  }

  countOf(schedule: string): number {
    return [...this.#ongoing.values()].filter(({ task }) => task.occurrence.schedule === schedule).length;
  }

  isReplaced(runId: string): boolean {
    return this.#ongoing.get(runId)?.isReplaced === true;
  }

  /** The row says `running`, and is ours. Returns at once. */
  begin(task: Task): void {
    const ongoing: Ongoing = {
      task,
      stop: new AbortController(),
      kill: new AbortController(),
      isReplaced: false,
      done: Promise.resolve(),
    };
    this.#ongoing.set(task.occurrence.runId, ongoing);
    ongoing.done = this.#carryOut(ongoing);
  }

  /** As by Ctrl-C, for the occurrence that waits. */
  replace(schedule: string): void {
    for (const ongoing of this.#ongoing.values()) {
      if (ongoing.task.occurrence.schedule !== schedule) continue;
      ongoing.isReplaced = true;
      ongoing.stop.abort('SIGINT');
    }
  }

  /** As by one signal. */
  stopAll(signal: 'SIGINT' | 'SIGTERM'): void {
    for (const { stop } of this.#ongoing.values()) stop.abort(signal);
  }

  /** As by the second. */
  killAll(signal: 'SIGINT' | 'SIGTERM'): void {
    this.stopAll(signal);
    for (const { kill } of this.#ongoing.values()) kill.abort(signal);
  }

  /** All that go on now have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#ongoing.values()].map(({ done }) => done));
  }

  async #carryOut(ongoing: Ongoing): Promise<void> {
    const { task } = ongoing;
    const { occurrence } = task;
    const ended = await this.#attempt(ongoing);
    const settlement = settlementOf(ongoing.isReplaced ? asEnded(ended) : ended, this.#parts.clock.now());
    try {
      await this.#settle(task, ended, settlement);
      this.#parts.onEnd(task, ended, settlement);
    } catch (cause) {
      if (!(cause instanceof StoreFault)) throw cause;
      // Its row is ours and has no run that goes on: it is adopted when the store is back.
      const message = `its end could not be written yet: ${cause.message}`;
      this.#parts.say({ level: 'error', type: 'left', message, occurrence, runId: occurrence.runId });
      this.#parts.onEnd(task, { kind: 'left', error: { code: 'store', message } });
    } finally {
      this.#ongoing.delete(occurrence.runId);
    }
  }

  async #attempt({ task, stop, kill }: Ongoing): Promise<OccurrenceEnd> {
    try {
      return await this.#parts.carryOut(task, { stop: stop.signal, kill: kill.signal });
    } catch (cause) {
      const { name = 'Error', message = String(cause) } = cause instanceof Error ? cause : {};
      if (cause instanceof StoreFault) return { kind: 'left', error: { code: 'store', message } };
      const error = { code: 'internal', message: `${name}: ${message}`, hint: 'this is a bug in runbook' } as const;
      return { kind: 'failed', trouble: { diagnostics: [], sources: [], errors: [error] } };
    }
  }

  async #settle({ occurrence, schedule }: Task, ended: OccurrenceEnd, settlement?: Settlement): Promise<void> {
    if (settlement === undefined) return;
    const { clock, process, store, tell } = this.#parts;
    const decidedAt = new Date(clock.now()).toISOString();
    await tell({ ...occurrence, decidedAt, ...settlement }, ended, schedule);
    await patiently(clock, () => store().settle(occurrence, process, settlement));
  }
}

const asEnded = (ended: OccurrenceEnd): OccurrenceEnd =>
  ended.kind === 'interrupted' ? { ...ended, kind: 'ended' } : ended;
