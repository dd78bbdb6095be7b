import type { Action, Risk } from '../../src/model/action.ts';
import type { Attempt } from '../../src/model/attempt.ts';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import type { BoundHost } from '../../src/model/host.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { PolicyRule } from '../../src/model/policy.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import type { Journal } from '../../src/model/store.ts';
import type { Connection, ConnectOptions } from '../../src/model/transport.ts';
import type { SurveyedHost } from '../../src/model/survey.ts';
import { runPolicy, type RunPolicy } from '../../src/app/site-policy.ts';
import type { Approval } from '../../src/execute/approval.ts';
import { Run } from '../../src/execute/run.ts';
import { decide } from '../../src/plan/decide.ts';
import { bindDelegates } from '../../src/plan/delegates.ts';
import { createMemoryTransport } from '../../src/transports/memory.ts';
import { err } from '../../src/util/result.ts';
import type { Secret } from '../../src/util/secret.ts';
import type { FakeClock } from './fake-clock.ts';
import { ACTIONS, boundHost, type ScriptedHost } from './scripted-host.ts';

/** Keeps events; rejects from the given one on. */
export class MemoryJournal implements Journal {
  readonly events: RunEvent[] = [];
  failFrom = Number.POSITIVE_INFINITY;
  failure: Error = new Error('disk full');
  /** Called when an event is durable. */
  onCommit: (event: RunEvent) => void = () => undefined;

  async commit(event: RunEvent): Promise<void> {
    await Promise.resolve();
    if (event.seq >= this.failFrom) throw this.failure;
    this.events.push(event);
    this.onCommit(event);
  }

  of<T extends RunEvent['type']>(type: T): readonly Extract<RunEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
  }
}

interface RigOptions {
  readonly clock: FakeClock;
  readonly runbook: Runbook;
  readonly hosts: Readonly<Record<string, ScriptedHost>>;
  /** Hosts that steps may be delegated to, and that are no hosts of the run. */
  readonly delegates?: Readonly<Record<string, ScriptedHost>>;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Of single hosts, over those of all. */
  readonly paramsOf?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Of every host. */
  readonly groups?: readonly string[];
  readonly becomePassword?: Secret;
  readonly actions?: ReadonlyMap<string, Action>;
  readonly forks?: number;
  readonly lockWaitMs?: number;
  /** As the store has them. */
  readonly attempts?: readonly Attempt[];
  readonly mode?: 'run' | 'plan';
  /** Absent: one that keeps all and fails when it is told to. */
  readonly journal?: MemoryJournal;
  readonly maxRisk?: Risk;
  /** A plan that was approved before. */
  readonly approved?: Plan;
  /** Of the site; patterns in them name single hosts. */
  readonly rules?: readonly PolicyRule[];
}

/** A run over scripted hosts in virtual time, as the application drives it. */
export class RunRig {
  readonly journal: MemoryJournal;
  readonly stop = new AbortController();
  readonly kill = new AbortController();
  readonly run: Run;
  readonly bound: readonly BoundHost[];
  /** What each connection was made with. */
  readonly connected: ConnectOptions[] = [];
  /** And to whom, in that order. */
  readonly connectedTo: string[] = [];
  /** By the name of the host, each time that its lock was asked for. */
  readonly locked: string[] = [];
  /** How each connection was closed, in order. */
  readonly closed: ('forgets' | 'keep-claims')[] = [];
  /** What a host calls itself, by name, where that is to differ from what the transport makes up. */
  readonly incarnations = new Map<string, string>();
  /** Why the lock of a host cannot be taken, by name. */
  readonly lockErrors = new Map<string, ErrorInfo>();
  readonly #open: Connection[] = [];
  readonly #options: RigOptions;
  readonly #policy: RunPolicy;

  constructor(options: RigOptions) {
    this.#options = options;
    this.journal = options.journal ?? new MemoryJournal();
    const { becomePassword } = options;
    const selected = Object.keys(options.hosts).map((name) => {
      const { host, params } = boundHost(name, { ...options.params, ...options.paramsOf?.[name] });
      const grouped = { ...host, groups: options.groups ?? host.groups };
      return { host: grouped, params, secrets: becomePassword === undefined ? {} : { becomePassword } };
    });
    const bound = bindDelegates(options.runbook, selected);
    if (!bound.ok) throw new Error(bound.error.message);
    this.bound = bound.value.hosts;
    const { delegates = {}, rules = [], clock } = options;
    this.#policy = runPolicy(
      { rules, hostsOf: (pattern) => new Set([pattern]) },
      { runbook: options.runbook.name, trigger: 'person', hosts: this.bound, now: () => clock.now() },
    );
    const transport = createMemoryTransport(new Map(Object.entries({ ...options.hosts, ...delegates })));
    this.run = new Run({
      runId: 'run1',
      mode: options.mode ?? 'run',
      runbook: options.runbook,
      hosts: this.bound,
      delegates: Object.keys(delegates).map((name) => boundHost(name)),
      actions: options.actions ?? ACTIONS,
      transportOf: () => ({
        connect: async (host, connectOptions, signal) => {
          this.connected.push(connectOptions);
          this.connectedTo.push(host.name);
          const connected = await transport.connect(host, connectOptions, signal);
          const incarnation = this.incarnations.get(host.name);
          if (connected.ok) this.#open.push(connected.value);
          if (connected.ok && incarnation !== undefined) rename(connected.value, incarnation);
          if (connected.ok) this.#watch(host.name, connected.value);
          const lockError = this.lockErrors.get(host.name);
          if (connected.ok && lockError !== undefined) connected.value.lock = () => Promise.resolve(err(lockError));
          return connected;
        },
      }),
      journal: this.journal,
      policy: this.#policy,
      attempts: (machines) => (options.attempts ?? []).filter(({ machine }) => machines.includes(machine)),
      overrides: {},
      ...(options.approved !== undefined && { approved: options.approved }),
      ...(options.maxRisk !== undefined && { maxRisk: options.maxRisk }),
      ...(options.lockWaitMs !== undefined && { lockWaitMs: options.lockWaitMs }),
      clock: options.clock,
      forks: options.forks ?? 10,
      connectTimeoutMs: 10_000,
      startedBy: { user: 'ann', loginUser: 'ann', machine: 'desk', reason: '', trigger: 'person' },
      version: '0',
      stop: this.stop.signal,
      kill: this.kill.signal,
    });
  }

  /** All connections break, without a word, once such an event is durable. */
  breakAfter<T extends RunEvent['type']>(type: T, which: (event: Extract<RunEvent, { type: T }>) => boolean): void {
    this.journal.onCommit = (event) => {
      if (event.type !== type || !which(event as Extract<RunEvent, { type: T }>)) return;
      for (const connection of this.#open.splice(0)) void connection.close('keep-claims');
    };
  }

  #watch(name: string, connection: Connection): void {
    const lock = connection.lock.bind(connection);
    connection.lock = (...request) => {
      this.locked.push(name);
      return lock(...request);
    };
    const close = connection.close.bind(connection);
    connection.close = (claims) => {
      this.closed.push(claims ?? 'forgets');
      return close(claims);
    };
  }

  decide(surveyed: readonly SurveyedHost[]): Plan {
    const { runbook } = this.#options;
    const { limits, by: cappedBy } = this.#policy.limits(runbook.limits);
    return decide({ ...runbook, limits }, surveyed, {
      runId: 'run1',
      review: (planned) => this.#policy.review(planned),
      cappedBy,
      at: new Date(this.#options.clock.now()).toISOString(),
      attempts: this.#options.attempts ?? [],
      ...(this.#options.maxRisk !== undefined && { maxRisk: this.#options.maxRisk }),
    });
  }

  /** The whole line. `between` happens after the plan is made and before it is acted on. */
  async go(approval: Approval | 'declined' = YES, between: () => unknown = () => undefined): Promise<RunFinished> {
    try {
      const plan = this.decide(await this.run.survey());
      await this.run.propose(plan);
      await between();
      if (this.#options.mode === 'plan') return await this.run.conclude(plan);
      const whyVoid = this.run.whyVoid();
      if (whyVoid !== undefined) return await this.run.act(plan, { refused: whyVoid });
      return await this.run.act(plan, approval === 'declined' ? undefined : approval);
    } finally {
      await this.run.close();
    }
  }
}

function rename(connection: Connection, incarnation: string): void {
  const lock = connection.lock.bind(connection);
  connection.lock = async (note, signal) => {
    const ledger = await lock(note, signal);
    return ledger.ok ? { ok: true, value: { ...ledger.value, incarnation } } : ledger;
  };
}

export const YES: Approval = { by: 'ann', how: 'yes-option' };
export const ANSWER: Approval = { by: 'ann', how: 'answer' };
export const PLAN: Approval = { by: 'ann', how: 'plan' };
