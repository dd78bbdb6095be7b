import { bindDelegates } from '../../src/plan/delegates.ts';
import { decide } from '../../src/plan/decide.ts';
import { Run } from '../../src/execute/run.ts';
import { hostsToResume, hostsToRollBack } from '../../src/execute/resume/open-hosts.ts';
import { pastRun } from '../../src/execute/resume/past-run.ts';
import { ResumedRun } from '../../src/execute/resume/resumed-run.ts';
import type { Resumption } from '../../src/execute/resume/resumption.ts';
import type { RunSetup } from '../../src/execute/run-setup.ts';
import type { Action } from '../../src/model/action.ts';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import type { SitePolicy } from '../../src/model/policy.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import type { Journal } from '../../src/model/store.ts';
import type { Connection, Transport } from '../../src/model/transport.ts';
import { createMemoryTransport } from '../../src/transports/memory.ts';
import type { FakeClock } from './fake-clock.ts';
import { YES } from './run-rig.ts';
import { ACTIONS, boundHost, type ScriptedHost } from './scripted-host.ts';

export interface ResumeOptions {
  readonly clock: FakeClock;
  readonly runbook: Runbook;
  readonly hosts: Readonly<Record<string, ScriptedHost>>;
  readonly delegates?: Readonly<Record<string, ScriptedHost>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly actions?: ReadonlyMap<string, Action>;
  readonly forks?: number;
  /** Of the site. */
  readonly policy?: SitePolicy;
}

/** Where a controller dies: the last event that is durable, and whether it still gets to know that. */
export interface Cut {
  readonly after: number;
  readonly told: boolean;
}

/** Hosts and a record that outlive the controllers of a run, in virtual time. */
export class ResumeRig {
  readonly events: RunEvent[] = [];
  /** Of all sessions, in order. */
  readonly locked: string[] = [];
  readonly #options: ResumeOptions;
  readonly #transport: Transport;
  readonly #running = new Set<Promise<unknown>>();
  readonly #open: Connection[] = [];
  #sessions = 0;
  stop = new AbortController();
  kill = new AbortController();
  /** The store takes nothing. */
  failing = false;
  /** As `Resumption` has them. */
  lacking: NonNullable<Resumption['lacking']> = new Map();
  attemptsOfOthers: Resumption['attemptsOfOthers'] = () => [];
  /** Called when an event is durable. */
  onCommit: (event: RunEvent) => void = () => undefined;

  constructor(options: ResumeOptions) {
    this.#options = options;
    const all = { ...options.hosts, ...options.delegates };
    for (const host of Object.values(all)) this.#watch(host);
    const memory = createMemoryTransport(new Map(Object.entries(all)));
    this.#transport = {
      connect: async (host, connectOptions, signal) => {
        const connected = await memory.connect(host, connectOptions, signal);
        if (!connected.ok) return connected;
        this.#open.push(connected.value);
        const lock = connected.value.lock.bind(connected.value);
        connected.value.lock = async (...note) => {
          // What an earlier controller left running there ends first.
          await Promise.all(this.#running);
          await new Promise(setImmediate);
          this.locked.push(host.name);
          return lock(...note);
        };
        return connected;
      },
    };
  }

  /** The first session; undefined: it was cut off. */
  async run(cut?: Cut): Promise<RunFinished | undefined> {
    const { clock, runbook } = this.#options;
    return this.#session(cut, async (setup) => {
      const run = new Run(setup);
      try {
        const plan = decide(runbook, await run.survey(), { runId: 'run1', at: iso(clock), attempts: [] });
        await run.propose(plan);
        return await run.act(plan, YES);
      } finally {
        await run.close();
      }
    });
  }

  /** Another one; undefined: it was cut off, or there is nothing to resume. */
  async resume(how: 'resume' | 'rollback' = 'resume', cut?: Cut): Promise<RunFinished | undefined> {
    const past = pastRun(this.#options.runbook, this.events);
    const plan = past?.plan;
    if (past === undefined || plan === undefined) return undefined;
    const hosts = how === 'resume' ? hostsToResume(past) : hostsToRollBack(past);
    if (past.approved === undefined || hosts.length === 0) return undefined;
    return this.#session(cut, async (setup) => {
      const run = new ResumedRun(setup, {
        past,
        how,
        hosts,
        plan,
        approved: plan,
        lacking: this.lacking,
        attemptsOfOthers: this.attemptsOfOthers,
      });
      try {
        return await run.goOn();
      } finally {
        await run.close();
      }
    });
  }

  /** Every connection that is there breaks. */
  breakAll(): void {
    for (const connection of this.#open.splice(0)) void connection.close('keep-claims');
  }

  #watch(host: ScriptedHost): void {
    const respond = host.respond.bind(host);
    host.respond = async (request) => {
      const answer = respond(request);
      this.#running.add(answer);
      try {
        return await answer;
      } finally {
        this.#running.delete(answer);
      }
    };
  }

  #session(cut: Cut | undefined, drive: (setup: RunSetup) => Promise<RunFinished>): Promise<RunFinished | undefined> {
    const { clock, runbook, params, delegates = {}, actions = ACTIONS, forks = 10, policy } = this.#options;
    this.#sessions += 1;
    this.stop = new AbortController();
    this.kill = new AbortController();
    const bound = bindDelegates(
      runbook,
      Object.keys(this.#options.hosts).map((name) => boundHost(name, params)),
    );
    if (!bound.ok) throw new Error(bound.error.message);
    const { promise: died, resolve: die } = Promise.withResolvers<undefined>();
    const setup: RunSetup = {
      runId: 'run1',
      mode: 'run',
      session: this.#sessions,
      runbook,
      hosts: bound.value.hosts.filter(({ host }) => !this.lacking.has(host.name)),
      delegates: Object.keys(delegates).map((name) => boundHost(name)),
      actions,
      transportOf: () => this.#transport,
      journal: this.#journal(cut, () => die(undefined)),
      attempts: () => [],
      ...(policy !== undefined && { policy }),
      overrides: {},
      clock,
      forks,
      connectTimeoutMs: 10_000,
      startedBy: { user: 'ann', loginUser: 'ann', machine: 'desk', reason: '', trigger: 'person' },
      process: { machine: 'desk', pid: this.#sessions, startTime: '', bootId: '' },
      version: '0',
      stop: this.stop.signal,
      kill: this.kill.signal,
    };
    return Promise.race([drive(setup), died]);
  }

  /** From its death on a controller hears of nothing, and nothing of it is kept. */
  #journal(cut: Cut | undefined, die: () => void): Journal {
    const forever = new Promise<never>(() => undefined);
    let isDead = false;
    return {
      commit: async (event) => {
        await Promise.resolve();
        if (isDead) return forever;
        if (this.failing) throw new Error('an error of the disk');
        this.events.push(event);
        this.onCommit(event);
        if (cut === undefined || event.seq < cut.after) return undefined;
        isDead = true;
        setImmediate(die);
        return cut.told ? undefined : forever;
      },
    };
  }
}

const iso = (clock: FakeClock): string => new Date(clock.now()).toISOString();
