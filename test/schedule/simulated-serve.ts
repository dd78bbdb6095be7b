import assert from 'node:assert/strict';
import { keyInstant } from '../../src/model/occurrence-key.ts';
import type { OccurrenceState, Pause } from '../../src/model/occurrence.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import type { Moment } from '../../src/schedule/clock-step.ts';
import { decide } from '../../src/schedule/decide.ts';
import type { Decision, Situation } from '../../src/schedule/decision.ts';

export interface Row {
  readonly schedule: string;
  readonly key: string;
  readonly count: number;
  readonly since: string;
  state: OccurrenceState;
  /** Counted up at each start of the process. */
  process: number;
  begun: boolean;
  interrupted: boolean;
  /** By the monotonic clock. */
  endsAt: number;
}

export interface Start {
  readonly schedule: string;
  readonly key: string;
  readonly wall: number;
  readonly wasQueued: boolean;
  /** By a process that took the row over. */
  readonly adopted: boolean;
}

class Killed extends Error {}

/** What asks `decide` and does as it says, in simulated time: with a record that outlives it, and runs that take as long as they are told to. */
export class SimulatedServe {
  readonly starts: Start[] = [];
  readonly rows = new Map<string, Row>();
  readonly marks = new Map<string, number>();
  readonly firstMarks = new Map<string, number>();
  readonly pauses = new Map<string, Pause>();
  frozen: string | undefined;
  /** Before how many more writes the process is killed. */
  killedIn = Infinity;
  kills = 0;
  #process = 0;
  #wall: number;
  #monotonic = 0;
  readonly #asked = new Map<string, { readonly before: Moment; readonly wakeAt: number; readonly minute: number }>();
  #hasEnded = false;
  /** What runs or waits. */
  readonly #open = new Set<Row>();
  readonly #schedules: readonly Schedule[];
  readonly #room: number;
  readonly #lasts: () => number;

  constructor(schedules: readonly Schedule[], wall: number, room: number, lasts: () => number) {
    this.#schedules = schedules;
    this.#wall = wall;
    this.#room = room;
    this.#lasts = lasts;
  }

  get wall(): number {
    return this.#wall;
  }

  get monotonic(): number {
    return this.#monotonic;
  }

  /** So long by the monotonic clock. */
  run(milliseconds: number): void {
    const until = this.#monotonic + milliseconds;
    while (this.#monotonic < until) {
      const wakeAt = this.#askOrDie();
      const ends = this.#running().map(({ endsAt }) => endsAt);
      const next = Math.min(until, ...ends, this.#monotonic + Math.min(60_000, wakeAt - this.#wall));
      this.#pass(Math.max(1, next - this.#monotonic));
    }
  }

  /** The machine is off, or the process is: nothing runs. */
  down(milliseconds: number): void {
    for (const row of this.#running()) row.endsAt += milliseconds;
    this.#wall += milliseconds;
    this.#monotonic += milliseconds;
    this.#restart();
  }

  /** The clock jumps; negative: back. */
  step(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  #pass(milliseconds: number): void {
    this.#wall += milliseconds;
    this.#monotonic += milliseconds;
    for (const row of this.#running())
      if (row.endsAt <= this.#monotonic) {
        this.#set(row, 'ended');
        this.#hasEnded = true;
      }
  }

  #askOrDie(): number {
    try {
      return this.#askAll();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.kills += 1;
      this.killedIn = Infinity;
      this.#restart();
      return this.#wall;
    }
  }

  #restart(): void {
    this.#process += 1;
    this.#asked.clear();
    for (const row of this.#running()) {
      row.process = this.#process;
      if (!row.begun) this.#begin(row, { wasQueued: false, adopted: true });
    }
  }

  /** When it is to be asked again. */
  #askAll(): number {
    let wakeAt = Infinity;
    for (const schedule of this.#schedules) {
      const now = { wall: this.#wall, monotonic: this.#monotonic };
      const asked = this.#asked.get(schedule.name);
      if (asked !== undefined && now.wall < asked.wakeAt && now.monotonic < asked.minute && !this.#hasEnded) {
        wakeAt = Math.min(wakeAt, asked.wakeAt);
        continue;
      }
      const verdict = decide(this.#situation(schedule), now, asked?.before);
      const { decisions, mark } = verdict;
      assert.ok(decisions.length <= 4, 'one question makes few rows');
      for (const decision of decisions) this.#apply(schedule, decision);
      if (mark !== undefined) this.#mark(schedule.name, mark.upTo, mark.reset);
      assert.ok((verdict.wakeAt ?? Infinity) > this.#wall, 'it is asked again later');
      const next = verdict.wakeAt ?? Infinity;
      this.#asked.set(schedule.name, { before: now, wakeAt: next, minute: now.monotonic + 60_000 });
      wakeAt = Math.min(wakeAt, next);
    }
    this.#hasEnded = false;
    return wakeAt;
  }

  #situation(schedule: Schedule): Situation {
    const mine = [...this.#open].filter((row) => row.schedule === schedule.name);
    const [running, ...others] = mine.filter(({ state }) => state === 'running');
    const [queued, ...more] = mine.filter(({ state }) => state === 'queued');
    assert.equal(others.length + more.length, 0, `of ${schedule.name} more than one runs or waits`);
    const decidedUpTo = this.marks.get(schedule.name);
    const paused = this.pauses.get(schedule.name);
    const mark = decidedUpTo !== undefined && { schedule: schedule.name, decidedUpTo, ...(paused && { paused }) };
    return {
      schedule,
      ...(mark && { mark }),
      ...(running && { running }),
      ...(queued && { queued: { key: queued.key, takenOver: queued.process !== this.#process } }),
      ...(this.frozen !== undefined && { frozen: this.frozen }),
      isFull: this.#running().length >= this.#room,
    };
  }

  #apply({ name }: Schedule, decision: Decision): void {
    switch (decision.kind) {
      case 'start': {
        const { key, wasQueued } = decision;
        const row = wasQueued ? this.#move(name, key, 'running') : this.#take(name, { key, state: 'running' });
        if (row !== undefined) this.#begin(row, { wasQueued, adopted: false });
        return;
      }
      case 'queue':
        this.#take(name, { key: decision.key, state: 'queued' });
        return;
      case 'drop':
        this.#move(name, decision.key, decision.state);
        return;
      case 'interrupt':
        for (const row of this.#running())
          if (row.schedule === name) {
            assert.ok(!row.interrupted, 'it is interrupted once');
            Object.assign(row, { interrupted: true, endsAt: Math.min(row.endsAt, this.#monotonic + 1000) });
          }
        return;
      case 'skip':
      case 'miss':
        this.#take(name, { ...decision, state: decision.kind === 'skip' ? 'skipped' : 'missed' });
        return;
      case 'correct':
        this.#take(name, { key: decision.key, state: 'skipped' });
    }
  }

  #take(schedule: string, row: Pick<Row, 'key' | 'state'> & Partial<Row>): Row | undefined {
    this.#write();
    const id = `${schedule} ${row.key}`;
    if (this.rows.has(id)) return undefined;
    const { key, state, count = 1, since = key } = row;
    const taken = {
      schedule,
      key,
      count,
      since,
      state,
      process: this.#process,
      begun: false,
      interrupted: false,
      endsAt: Infinity,
    };
    this.rows.set(id, taken);
    this.#set(taken, state);
    if (!key.includes('/')) this.#keepMark(schedule, keyInstant(key));
    return taken;
  }

  #move(schedule: string, key: string, state: OccurrenceState): Row {
    this.#write();
    const row = this.rows.get(`${schedule} ${key}`);
    assert.equal(row?.state, 'queued', 'only what is queued is moved');
    return this.#set(row, state);
  }

  #set(row: Row, state: OccurrenceState): Row {
    if (state === 'running' || state === 'queued') this.#open.add(row);
    else this.#open.delete(row);
    return Object.assign(row, { state, process: this.#process });
  }

  #mark(schedule: string, upTo: number, reset: boolean): void {
    this.#write();
    if (reset) this.marks.set(schedule, upTo);
    else this.#keepMark(schedule, upTo);
  }

  #keepMark(schedule: string, upTo: number): void {
    if (!this.firstMarks.has(schedule)) this.firstMarks.set(schedule, upTo);
    this.marks.set(schedule, Math.max(upTo, this.marks.get(schedule) ?? -Infinity));
  }

  #begin(row: Row, how: Pick<Start, 'wasQueued' | 'adopted'>): void {
    if (!how.adopted) this.#write();
    assert.ok(!row.begun, `${row.schedule} ${row.key} is started twice`);
    row.begun = true;
    row.endsAt = this.#monotonic + this.#lasts();
    this.starts.push({ schedule: row.schedule, key: row.key, wall: this.#wall, ...how });
  }

  #running(): readonly Row[] {
    return [...this.#open].filter(({ state }) => state === 'running');
  }

  #write(): void {
    if (this.killedIn <= 0) throw new Killed();
    this.killedIn -= 1;
  }
}
