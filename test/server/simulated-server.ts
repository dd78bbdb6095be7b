import type { RunEnd } from '../../src/app/run.ts';
import type { Prepared } from '../../src/app/prepare.ts';
import { VirtualClock } from '../../src/app/cases/virtual-clock.ts';
import { createRunId } from '../../src/app/run-id.ts';
import type { ProcessId } from '../../src/model/event.ts';
import type { OccurrenceRecord, ScheduleStore } from '../../src/model/occurrence.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import { StoreFault } from '../../src/model/store-fault.ts';
import type { RunRecord } from '../../src/model/store.ts';
import { OngoingRuns, type Task, type TaskSignals } from '../../src/server/ongoing-runs.ts';
import type { OccurrenceEnd } from '../../src/server/run-occurrence.ts';
import { Scheduler } from '../../src/server/scheduler.ts';
import type { ServeEvent } from '../../src/server/serve-event.ts';
import { MemoryScheduleStore } from '../support/memory-schedule-store.ts';
import { Random } from '../support/random.ts';

/** A run of an occurrence that was begun, or gone on with. */
export interface Begun {
  readonly schedule: string;
  readonly key: string;
  readonly how: Task['how'];
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface SimulatedOptions {
  readonly schedules: readonly Schedule[];
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly room?: number;
  readonly lastsMs?: (schedule: string) => number;
  /** How long nothing runs after a kill. */
  readonly downMs?: number;
}

/** One process of `serve`. */
interface Life {
  readonly process: ProcessId;
  readonly stop: AbortController;
  readonly scheduler: Scheduler;
  readonly runs: OngoingRuns;
  isDead: boolean;
  done: Promise<void>;
}

/** Its wall clock can be set. */
class SetClock extends VirtualClock {
  #step = 0;

  override now(): number {
    return super.now() + this.#step;
  }

  step(milliseconds: number): void {
    this.#step += milliseconds;
  }
}

/** The loop of `serve` in virtual time, with a record that outlives its processes; of runs only what is written down of them. */
export class SimulatedServer {
  readonly clock: SetClock;
  readonly begun: Begun[] = [];
  readonly said: ServeEvent[] = [];
  readonly told: OccurrenceRecord[] = [];
  /** Of the store, as they were reported; undefined: it could be written again. */
  readonly faults: (StoreFault | undefined)[] = [];
  /** What must not be. */
  readonly problems: string[] = [];
  readonly records = new Map<string, RunRecord>();
  readonly schedules = new MemoryScheduleStore((runId) => this.records.get(runId));
  frozen: string | undefined;
  /** What each write meets, if anything. */
  fault: StoreFault | undefined;
  /** After how many more writes the process dies; with a half before it knows that the last one was kept. */
  killedIn = Infinity;
  kills = 0;
  readonly #options: SimulatedOptions;
  readonly #random = new Random(7);
  readonly #lives: Life[] = [];
  readonly #going = new Map<string, number>();

  constructor(options: SimulatedOptions) {
    this.#options = options;
    this.clock = new SetClock(options.start);
  }

  /** One more process on the same record. */
  start(): Life {
    const process: ProcessId = { machine: 'here', pid: this.#lives.length + 1, startTime: '1', bootId: 'boot' };
    const store = (): ScheduleStore => this.#storeOf(life);
    const say = (event: ServeEvent): void => {
      this.said.push(event);
    };
    const runs = new OngoingRuns({
      clock: this.clock,
      process,
      store,
      carryOut: (task, signals) => this.#carryOut(task, signals, life),
      tell: () => Promise.resolve(),
      onEnd: () => {
        life.scheduler.wake();
      },
      say,
    });
    const { schedules, room = 4 } = this.#options;
    const scheduler = new Scheduler(
      {
        clock: this.clock,
        process,
        stateOf: ({ pid }) => (this.#lives[pid - 1]?.isDead === false ? 'alive' : 'gone'),
        newRunId: () =>
          createRunId(this.clock.now(), (count) => Uint8Array.from({ length: count }, () => this.#random.below(256))),
        store,
        runs,
        frozen: () => Promise.resolve(this.frozen),
        tell: (record) => {
          this.told.push(record);
          return Promise.resolve();
        },
        tellOfRun: () => Promise.resolve(),
        onRow: () => undefined,
        onStore: (fault) => {
          this.faults.push(fault);
        },
        say,
      },
      { schedules, room },
    );
    const stop = new AbortController();
    const life: Life = { process, stop, scheduler, runs, isDead: false, done: Promise.resolve() };
    this.#lives.push(life);
    life.done = scheduler.run(stop.signal);
    return life;
  }

  /** As SIGKILL. */
  kill(life: Life | undefined = this.#lives.at(-1)): void {
    if (life === undefined || life.isDead) return;
    life.isDead = true;
    life.stop.abort();
    this.kills += 1;
    this.#going.clear();
  }

  /** Nothing new starts; resolves when what ran has ended. */
  async end(): Promise<void> {
    for (const { stop, runs, done, isDead } of this.#lives) {
      stop.abort();
      await done;
      if (!isDead) await runs.ended();
    }
  }

  rows(schedule?: string): readonly OccurrenceRecord[] {
    return this.schedules.occurrences({ limit: Infinity, ...(schedule !== undefined && { schedule }) }).toReversed();
  }

  async #carryOut({ occurrence, how }: Task, { stop }: TaskSignals, life: Life): Promise<OccurrenceEnd> {
    const { runId, schedule, key } = occurrence;
    const before = this.records.get(runId);
    if ((how === 'start') === (before !== undefined)) this.problems.push(`${schedule} ${key} was to ${how}`);
    if ((this.#going.get(schedule) ?? 0) > 0) this.problems.push(`${schedule} ${key} ran beside the one before`);
    this.#write(life, () => {
      this.begun.push({ schedule, key, how, at: this.clock.now() });
      this.records.set(runId, recordOf(runId, life.process));
      this.#going.set(schedule, (this.#going.get(schedule) ?? 0) + 1);
    });
    await this.clock.sleep(this.#options.lastsMs?.(schedule) ?? 1000, stop);
    if (life.isDead) return new Promise(() => undefined);
    this.#going.set(schedule, (this.#going.get(schedule) ?? 0) - 1);
    const exitCode = stop.aborted ? 130 : 0;
    this.#write(life, () => {
      const { isResumable: _, ...ended } = recordOf(runId, life.process);
      const finishedAt = new Date(this.clock.now()).toISOString();
      this.records.set(runId, { ...ended, finishedAt, exitCode, ...(stop.aborted && { isResumable: true }) });
    });
    const end = {
      runId,
      finished: { type: 'run-finished', exitCode, durationMs: 0, counts: {}, hosts: {} },
    } as unknown as RunEnd;
    return { kind: stop.aborted ? 'interrupted' : 'ended', end, prepared: {} as Prepared };
  }

  #storeOf(life: Life): ScheduleStore {
    const store = this.schedules;
    return {
      mark: (schedule) => store.mark(schedule),
      open: () => store.open(),
      occurrences: (query) => store.occurrences(query),
      pause: (schedule, pause) => this.#write(life, () => store.pause(schedule, pause)),
      decideUpTo: (schedule, instant, reset) => this.#write(life, () => store.decideUpTo(schedule, instant, reset)),
      probe: () => this.#write(life, () => store.probe()),
      take: (record) => this.#write(life, () => store.take(record)),
      takeOver: (occurrence, from, to) => this.#write(life, () => store.takeOver(occurrence, from, to)),
      settle: (occurrence, by, end) => this.#write(life, () => store.settle(occurrence, by, end)),
    };
  }

  #write<T>(life: Life, write: () => T): T {
    if (this.fault !== undefined) throw this.fault;
    // What a dead process still does must leave no trace.
    if (life.isDead) throw new StoreFault('gone', 'it is dead');
    this.killedIn -= 0.5;
    if (this.killedIn < 0) return this.#die(life);
    const written = write();
    this.killedIn -= 0.5;
    return this.killedIn < 0 ? this.#die(life) : written;
  }

  #die(life: Life): never {
    this.killedIn = Infinity;
    this.kill(life);
    void this.clock.sleep(this.#options.downMs ?? 1000).then(() => this.start());
    throw new StoreFault('gone', 'it was killed');
  }
}

const recordOf = (runId: string, process: ProcessId): RunRecord => ({
  runId,
  mode: 'run',
  runbook: 'sample',
  startedAt: '',
  startedBy: 'root@here',
  reason: '',
  hosts: 1,
  counts: {},
  process,
  isResumable: true,
});
