import { isSameProcess } from '../app/process-id.ts';
import { keyInstant } from '../model/occurrence-key.ts';
import type { Occurrence, OccurrenceRecord, OpenOccurrence } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { StoreFault } from '../model/store-fault.ts';
import type { Moment } from '../schedule/clock-step.ts';
import { decide } from '../schedule/decide.ts';
import type { Situation } from '../schedule/decision.ts';
import { adopt } from './adopt.ts';
import { applyDecision } from './apply-decision.ts';
import type { SchedulerParts } from './scheduler-parts.ts';

/** The clock may jump, and other processes write rows: it is asked at least so often. */
const LONGEST_WAIT_MS = 60_000;
const STORE_AGAIN_MS = 5000;

/** What is watched, and how much of it at once. */
export interface Watched {
  readonly schedules: readonly Schedule[];
  readonly room: number;
}

interface Asked {
  readonly isPaused: boolean;
  readonly before: Moment;
  readonly decidedUpTo?: number;
  /** By the wall clock. */
  readonly wakeAt: number;
  /** By the clock that never jumps. */
  readonly latest: number;
}

/** Asks `decide` again and again what is due, and does as it says: docs/scheduling.md. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #watched: Watched;
  /** Whose times are other ones than when they were decided on. */
  readonly #retimed = new Set<string>();
  readonly #asked = new Map<string, Asked>();
  /** Rows of processes that died while these waited. */
  readonly #takenOver = new Set<string>();
  #hasFault = false;
  #adoptAt = -Infinity;
  #turnedAt: number;
  #mustAsk = false;
  #wake = new AbortController();

  constructor(parts: SchedulerParts, watched: Watched) {
    this.#parts = parts;
    this.#watched = watched;
    this.#turnedAt = parts.clock.monotonic();
  }

  /** Milliseconds since the loop has turned. */
  get sinceTurnMs(): number {
    return this.#parts.clock.monotonic() - this.#turnedAt;
  }

  /** As it was when it was asked last. */
  isPaused({ name, paused }: Schedule): boolean {
    return paused || this.#asked.get(name)?.isPaused === true;
  }

  /** Up to which of its times it was decided then. */
  decidedUpTo({ name }: Schedule): number | undefined {
    return this.#asked.get(name)?.decidedUpTo;
  }

  /** From the next turn on, which is at once. */
  watch(watched: Watched): void {
    const before = new Map(this.#watched.schedules.map((schedule) => [schedule.name, timesOf(schedule)]));
    for (const schedule of watched.schedules) {
      const known = before.get(schedule.name);
      if (known !== undefined && known !== timesOf(schedule)) this.#retimed.add(schedule.name);
    }
    this.#watched = watched;
    this.wake();
  }

  /** Something has changed: a run has ended. */
  wake(): void {
    this.#mustAsk = true;
    this.#wake.abort();
  }

  /** Until `stop` is aborted. What was begun goes on. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!stop.aborted) {
      this.#wake = new AbortController();
      const wakeAt = await this.#turnOrWait();
      const longest = this.#hasFault ? STORE_AGAIN_MS : this.#adoptAt - clock.monotonic();
      const wait = Math.min(longest, wakeAt - clock.now());
      await clock.sleep(Math.max(1, wait), AbortSignal.any([stop, this.#wake.signal]));
    }
  }

  /** When the next is due by the wall clock. */
  async #turnOrWait(): Promise<number> {
    const { onStore, clock } = this.#parts;
    try {
      const wakeAt = await this.#turn();
      if (this.#hasFault) onStore(undefined);
      this.#hasFault = false;
      return wakeAt;
    } catch (cause) {
      if (!(cause instanceof StoreFault)) throw cause;
      onStore(cause);
      this.#hasFault = true;
      this.#adoptAt = -Infinity;
      this.#mustAsk = true;
      return Infinity;
    } finally {
      this.#turnedAt = clock.monotonic();
    }
  }

  async #turn(): Promise<number> {
    const { clock, store, frozen } = this.#parts;
    const mustAsk = this.#mustAsk;
    this.#mustAsk = false;
    const freeze = await frozen();
    for (const name of this.#retimed) {
      store().decideUpTo(name, clock.now());
      this.#retimed.delete(name);
    }
    if (clock.monotonic() >= this.#adoptAt) {
      await this.#adopt(freeze);
      // What is due may be hours away: that the store cannot be written is to be seen before.
      store().probe();
      this.#adoptAt = clock.monotonic() + LONGEST_WAIT_MS;
    }
    const open = store().open();
    let wakeAt = Infinity;
    for (const schedule of this.#inOrder(open)) {
      const rows = open.filter(({ record }) => record.schedule === schedule.name).map(({ record }) => record);
      const asked = this.#asked.get(schedule.name);
      const isDue = asked === undefined || mustAsk || clock.now() >= asked.wakeAt || clock.monotonic() >= asked.latest;
      const next = isDue ? await this.#ask(schedule, rows, freeze, asked?.before) : asked.wakeAt;
      wakeAt = Math.min(wakeAt, next);
    }
    return wakeAt;
  }

  /** Whoever has waited longest is asked first: room is given in that order. */
  #inOrder(open: readonly OpenOccurrence[]): readonly Schedule[] {
    const since = new Map<string, number>();
    for (const { record } of open)
      if (record.state === 'queued' && !since.has(record.schedule)) since.set(record.schedule, keyInstant(record.key));
    const of = ({ name }: Schedule): number => since.get(name) ?? this.#asked.get(name)?.wakeAt ?? 0;
    return this.#watched.schedules.toSorted((a, b) => of(a) - of(b));
  }

  async #ask(
    schedule: Schedule,
    rows: readonly OccurrenceRecord[],
    frozen: string | undefined,
    before: Moment | undefined,
  ): Promise<number> {
    const { clock, store } = this.#parts;
    const now: Moment = { wall: clock.now(), monotonic: clock.monotonic() };
    const situation = await this.#situation(schedule, rows, frozen);
    const { decisions, mark, wakeAt = Infinity } = decide(situation, now, before);
    const whyMissed = this.#hasFault ? 'the record could not be written then' : undefined;
    for (const decision of decisions) await applyDecision(decision, schedule, this.#parts, whyMissed);
    if (mark !== undefined) store().decideUpTo(schedule.name, mark.upTo, mark.reset ? 'reset' : undefined);
    const until = situation.mark?.paused?.until;
    const isPaused = situation.mark?.paused !== undefined && !(until !== undefined && Date.parse(until) <= now.wall);
    const decidedUpTo = mark?.upTo ?? situation.mark?.decidedUpTo;
    this.#asked.set(schedule.name, {
      isPaused,
      before: now,
      ...(decidedUpTo !== undefined && { decidedUpTo }),
      wakeAt,
      latest: now.monotonic + LONGEST_WAIT_MS,
    });
    return wakeAt;
  }

  async #situation(
    schedule: Schedule,
    rows: readonly OccurrenceRecord[],
    frozen: string | undefined,
  ): Promise<Situation> {
    const { store, runs, process } = this.#parts;
    const mark = store().mark(schedule.name);
    const running = rows.filter(({ state }) => state === 'running');
    const queued = rows
      .filter(({ state }) => state === 'queued')
      .toSorted((a, b) => keyInstant(a.key) - keyInstant(b.key));
    const newest = queued.at(-1);
    // Two processes that share the store may have let one wait each.
    for (const { key, process: owner } of queued.slice(0, -1)) {
      if (owner === undefined || !isSameProcess(owner, process)) continue;
      const why = 'a newer one took its place in the queue';
      await applyDecision({ kind: 'drop', key, state: 'replaced', why }, schedule, this.#parts);
    }
    return {
      schedule,
      ...(mark !== undefined && { mark }),
      // Only what runs here can be interrupted from here.
      ...(running.length > 0 && { running: { interrupted: !running.some((row) => this.#canInterrupt(row)) } }),
      ...(newest !== undefined && {
        queued: { key: newest.key, takenOver: this.#takenOver.has(nameOf(newest)) },
      }),
      ...(frozen !== undefined && { frozen }),
      isFull: runs.size >= this.#watched.room,
    };
  }

  #canInterrupt({ runId = '' }: OccurrenceRecord): boolean {
    const { runs } = this.#parts;
    return runs.has(runId) && !runs.isReplaced(runId);
  }

  async #adopt(frozen: string | undefined): Promise<void> {
    const byName = new Map(this.#watched.schedules.map((schedule) => [schedule.name, schedule]));
    const rows = this.#parts.store().open();
    const waiting = new Set(rows.filter(({ record }) => record.state === 'queued').map(({ record }) => nameOf(record)));
    for (const name of this.#takenOver) if (!waiting.has(name)) this.#takenOver.delete(name);
    for (const open of rows) {
      const { schedule: name } = open.record;
      const mayBegin = frozen === undefined && this.#parts.runs.size < this.#watched.room;
      const adopted = await adopt(open, { ...this.#parts, schedule: byName.get(name), mayBegin });
      if (adopted === 'queue') this.#takenOver.add(nameOf(open.record));
    }
  }
}

const nameOf = ({ schedule, key }: Occurrence): string => `${schedule} ${key}`;

const timesOf = ({ timing, jitterMs }: Schedule): string => JSON.stringify([timing, jitterMs]);
