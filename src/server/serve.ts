import { randomBytes } from 'node:crypto';
import { schedulesWithoutRunbook } from '../app/check-configuration.ts';
import { openSite } from '../app/configuration.ts';
import { findFreeze, freezeFiles, freezeText } from '../app/freeze.ts';
import { stateOf, thisProcess } from '../app/process-id.ts';
import { createRunId } from '../app/run-id.ts';
import { stateDirectory, type Site, type Surroundings } from '../app/surroundings.ts';
import { because, firstLine, noteOf, type Trouble } from '../app/trouble.ts';
import type { Clock } from '../model/clock.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { OccurrenceRecord, Settlement } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { StoreFault } from '../model/store-fault.ts';
import { decidedBy, delayOf } from '../schedule/due.ts';
import { nextTime } from '../schedule/times.ts';
import { openSqliteStore } from '../stores/sqlite.ts';
import { storeFile } from '../stores/state-directory.ts';
import { KeptConnections } from '../transports/kept/connections.ts';
import { count } from '../util/count.ts';
import { formatDuration } from '../util/duration.ts';
import { err, ok, type Result } from '../util/result.ts';
import { carryOut } from './carry-out.ts';
import { endEvent } from './end-event.ts';
import { Notifying } from './notifying.ts';
import { OngoingRuns, type Task } from './ongoing-runs.ts';
import { ReopenedStore } from './reopened-store.ts';
import type { OccurrenceEnd } from './run-occurrence.ts';
import { Scheduler, type Watched } from './scheduler.ts';
import type { Say } from './serve-event.ts';
import { openStatusServer, usualListen } from './socket.ts';
import type { ScheduleStatus, ServeStatus } from './status.ts';
import { Tally } from './tally.ts';

/** What people and systemd tell it. */
export interface ServeSignals {
  /** Aborted by the first SIGINT or SIGTERM, with its name. */
  readonly stop: AbortSignal;
  /** By the second. */
  readonly kill: AbortSignal;
  /** SIGHUP. */
  onReload(reload: () => void): void;
}

export interface ServeParts {
  readonly here: Surroundings;
  readonly clock: Clock;
  readonly signals: ServeSignals;
  readonly say: Say;
}

/** Keeps watch until it is stopped. An error: it could not begin. */
export async function serve(parts: ServeParts): Promise<Result<undefined, Trouble>> {
  const site = openSite(parts.here, { unattended: true });
  if (!site.ok) return site;
  const directory = stateDirectory(parts.here);
  const store = new ReopenedStore(() => openSqliteStore(directory), storeFile(directory));
  try {
    // Before anybody is told that it is ready.
    void store.current;
  } catch (cause) {
    if (cause instanceof StoreFault) return err(because(noStore(cause)));
    throw cause;
  }
  const server = new Serve(parts, site.value.value, store);
  return server.run();
}

const noStore = ({ message }: StoreFault): ErrorInfo => ({
  code: 'store',
  message,
  hint: 'nothing was started; runbook fsck says more',
});

class Serve {
  readonly #parts: ServeParts;
  readonly #store: ReopenedStore;
  readonly #startedAt: number;
  readonly #tally = new Tally();
  readonly #runs: OngoingRuns;
  readonly #scheduler: Scheduler;
  readonly #kept: KeptConnections;
  #site: Site;
  #notifying: Notifying;
  #storeFault: string | undefined;
  #reloadError: string | undefined;

  constructor(parts: ServeParts, site: Site, store: ReopenedStore) {
    const { clock, say } = parts;
    this.#parts = parts;
    this.#site = site;
    this.#store = store;
    this.#startedAt = clock.now();
    const { keepConnections, idleMs } = site.configuration.serve;
    this.#kept = new KeptConnections(clock, { most: keepConnections, idleMs });
    this.#notifying = new Notifying({ site, store, clock, say });
    const process = thisProcess();
    this.#runs = new OngoingRuns({
      clock,
      process,
      store: () => store.current.schedules,
      carryOut: (task, signals) => carryOut(task, signals, { site: this.#site, kept: this.#kept, clock, say }),
      tell: (record, ended, schedule) => this.#tell(record, ended, schedule),
      onEnd: (task, ended, settlement) => {
        this.#ended(task, ended, settlement);
      },
      say,
    });
    this.#scheduler = new Scheduler(
      {
        clock,
        process,
        stateOf,
        newRunId: () => createRunId(clock.now(), randomBytes),
        store: () => store.current.schedules,
        runs: this.#runs,
        frozen: async () => {
          const freeze = await findFreeze(freezeFiles(this.#site), clock.now());
          return freeze === undefined ? undefined : freezeText(freeze);
        },
        tell: (record, schedule) => this.#notifying.tellOfRow(record, schedule),
        tellOfRun: (runId) => this.#notifying.tellOfPastRun(runId),
        onRow: (row) => {
          this.#tally.countRow(row);
        },
        onStore: (fault) => {
          this.#onStore(fault);
        },
        say,
      },
      watchedOf(site),
    );
  }

  async run(): Promise<Result<undefined, Trouble>> {
    const { signals, say, here } = this.#parts;
    const { listen = usualListen(here) } = this.#site.configuration.serve;
    const status = await openStatusServer(listen, () => this.#status());
    if (!status.ok) {
      await this.#close();
      return err(because(status.error));
    }
    signals.onReload(() => {
      this.#reload();
    });
    const { schedules } = this.#site.configuration;
    const message = `watches ${count(schedules.length, 'schedule')}; answers on ${status.value.shown}`;
    say({ level: 'info', type: 'serve', message });
    this.#sayUnusable();
    await this.#scheduler.run(signals.stop);
    await this.#end();
    await status.value.close();
    await this.#close();
    say({ level: 'info', type: 'serve', message: 'stopped' });
    return ok(undefined);
  }

  /** What runs has its time to end, then it is interrupted. */
  async #end(): Promise<void> {
    const { signals, clock, say } = this.#parts;
    if (this.#runs.size === 0) return;
    const signal = signals.stop.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
    const { stopMs } = this.#site.configuration.serve;
    const running = count(this.#runs.size, 'run');
    say({
      level: 'info',
      type: 'serve',
      message: `${signal}: nothing new starts; ${running} may take ${formatDuration(stopMs)} to end, once more ends them at once`,
    });
    const ended = this.#runs.ended();
    const over = new AbortController();
    await Promise.race([ended, clock.sleep(stopMs, AbortSignal.any([over.signal, signals.kill]))]);
    over.abort();
    if (this.#runs.size > 0 && !signals.kill.aborted) {
      say({
        level: 'warning',
        type: 'serve',
        message: `interrupts ${count(this.#runs.size, 'run')}: the next serve goes on from there`,
      });
      this.#runs.stopAll(signal);
    }
    const kill = (): void => {
      this.#runs.killAll(signal);
    };
    if (signals.kill.aborted) kill();
    else signals.kill.addEventListener('abort', kill, { once: true });
    await ended;
  }

  async #close(): Promise<void> {
    await this.#notifying.close();
    await this.#kept.close();
    await this.#store.close();
  }

  #reload(): void {
    const { here, say, clock } = this.#parts;
    const site = openSite(here, { unattended: true });
    if (!site.ok) {
      this.#reloadError = noteOf(site.error);
      const message = `read again, and it is wrong: the one before it holds: ${this.#reloadError}`;
      say({ level: 'error', type: 'configuration', message });
      return;
    }
    this.#reloadError = undefined;
    this.#site = site.value.value;
    const before = this.#notifying;
    this.#notifying = new Notifying({ site: this.#site, store: this.#store, clock, say });
    void before.close();
    this.#scheduler.watch(watchedOf(this.#site));
    const { schedules } = this.#site.configuration;
    say({ level: 'info', type: 'configuration', message: `read again: ${count(schedules.length, 'schedule')}` });
    this.#sayUnusable();
  }

  /** Else it would be heard when they are due, which may be in the night. */
  #sayUnusable(): void {
    for (const { message, hint } of schedulesWithoutRunbook(this.#site)) {
      const whole = [message, ...(hint === undefined ? [] : [firstLine(hint)])].join('; ');
      this.#parts.say({ level: 'warning', type: 'configuration', message: whole });
    }
  }

  async #tell(record: OccurrenceRecord, ended: OccurrenceEnd, schedule: Schedule | undefined): Promise<void> {
    if (ended.kind === 'failed') await this.#notifying.tellOfRow(record, schedule);
    else if (ended.kind !== 'left') await this.#notifying.tellOfRun(ended.end.runId, ended.prepared);
  }

  #ended({ occurrence }: Task, ended: OccurrenceEnd, settlement: Settlement | undefined): void {
    if (settlement !== undefined) this.#tally.countRow({ schedule: occurrence.schedule, state: settlement.state });
    if (ended.kind === 'ended' || ended.kind === 'interrupted')
      this.#tally.countRun(ended.prepared.runbook.name, ended.end.finished);
    this.#parts.say(endEvent(occurrence, ended, settlement));
    this.#scheduler.wake();
  }

  #onStore(fault: StoreFault | undefined): void {
    const { say } = this.#parts;
    if (fault !== undefined) void this.#store.mend(fault);
    if (fault?.message === this.#storeFault) return;
    this.#storeFault = fault?.message;
    const message =
      fault === undefined ? 'it can be written again' : `nothing new starts until it can be written: ${fault.message}`;
    say({ level: fault === undefined ? 'info' : 'error', type: 'store', message });
  }

  #status(): ServeStatus {
    return {
      startedAt: this.#startedAt,
      sinceTurnMs: this.#scheduler.sinceTurnMs,
      ...(this.#storeFault !== undefined && { storeFault: this.#storeFault }),
      ...(this.#reloadError !== undefined && { reloadError: this.#reloadError }),
      stopping: this.#parts.signals.stop.aborted,
      schedules: this.#site.configuration.schedules.map((schedule) => this.#statusOf(schedule)),
      occurrences: this.#tally.occurrences,
      runs: this.#tally.runs,
      hosts: this.#tally.hosts,
      keptConnections: this.#kept.count,
      waitingNotifications: this.#waitingNotifications(),
    };
  }

  #statusOf(schedule: Schedule): ScheduleStatus {
    const delay = delayOf(schedule);
    const paused = this.#scheduler.isPaused(schedule);
    const decided = decidedBy(schedule, this.#scheduler.decidedUpTo(schedule), this.#parts.clock.now());
    const next = paused ? undefined : nextTime(schedule.timing, decided);
    const { name } = schedule;
    return { name, ...(next !== undefined && { nextStart: next + delay }), paused, running: this.#runs.countOf(name) };
  }

  #waitingNotifications(): number {
    try {
      return this.#store.current.outbox.waiting();
    } catch (cause) {
      // While the store is opened anew, too: whoever asks how it is must hear why it is not ready.
      if (cause instanceof StoreFault) return 0;
      throw cause;
    }
  }
}

const watchedOf = ({
  configuration: {
    schedules,
    serve: { runs },
  },
}: Site): Watched => ({ schedules, room: runs });
