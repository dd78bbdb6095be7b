import type { ComposedStep } from '../model/expand-step.ts';
import type { Scope, FindingValue } from '../model/expression.ts';
import type { BoundHost } from '../model/host.ts';
import { machineOf } from '../model/machine.ts';
import type { FindingReport, StepResult } from '../model/result.ts';
import type { Step } from '../model/runbook.ts';
import type { Script } from '../model/script.ts';
import type { Connection, Ledger, ReadRequest } from '../model/transport.ts';
import { HostClock } from './host-clock.ts';
import { PauseWatch } from './pause-watch.ts';
import type { RunContext } from './run-context.ts';
import type { SentStep } from './steps/sent-step.ts';

/** One connected host in one run: what is known of it, and what was done to it. */
export class HostRun {
  readonly run: RunContext;
  readonly bound: BoundHost;
  readonly connection: Connection;
  /** As `machineOf` says. */
  readonly machine: string;
  readonly clock: HostClock;
  readonly watch: PauseWatch;
  /** Results that expressions see: replaced as a whole by each diagnosis, extended by each step. */
  steps: ReadonlyMap<string, StepResult> = new Map();
  findings: ReadonlyMap<string, FindingValue> = new Map();
  /** As last evaluated, for the record. */
  reports: readonly FindingReport[] = [];
  /** As last evaluated before the first change: a problem that is not among them is of our making. */
  reportsBefore: readonly FindingReport[] = [];
  /** From the lock on. */
  ledger: Ledger | undefined;
  /** The host's clock when the first fix step was sent. */
  fixStarted: string | undefined;
  /** Changing steps that were sent, in order: a rollback goes backwards through them. */
  readonly sent: SentStep[] = [];
  /** The first change was sent, or is about to be. */
  attempted = false;
  /** Findings for which a fix step was sent. */
  readonly treated = new Set<string>();
  readonly #host: Scope['host'];
  #executions = 0;

  constructor(run: RunContext, bound: BoundHost, connection: Connection) {
    this.run = run;
    this.bound = bound;
    this.connection = connection;
    const { name, address, port, user, groups } = bound.host;
    this.#host = { ...connection.facts, name, address, port, user, groups };
    this.machine = machineOf(connection.facts, connection.hostKey, name);
    this.clock = new HostClock(run.clock, connection.facts.time);
    this.watch = new PauseWatch(run.clock);
  }

  get name(): string {
    return this.bound.host.name;
  }

  /** Steps that ended `changed`. */
  get changes(): number {
    return this.sent.filter(({ ended }) => ended.result.status === 'changed').length;
  }

  /** What an expression sees now. */
  scope(): Scope {
    return {
      params: this.bound.params,
      host: this.#host,
      steps: this.steps,
      findings: this.findings,
      time: {
        now: this.clock.now(),
        ...(this.fixStarted === undefined ? {} : { fixStarted: this.fixStarted }),
      },
    };
  }

  request(step: Step, script: Script, { timeoutMs, lap }: Pick<ComposedStep, 'timeoutMs' | 'lap'>): ReadRequest {
    const deadline = script.timeoutMs ?? timeoutMs;
    const become = step.become === this.run.runbook.become ? {} : { become: step.become };
    return { script, timeoutMs: deadline, ...become, asker: { step: step.id, lap } };
  }

  /** How often something was sent on behalf of a step. */
  get executions(): number {
    return this.#executions;
  }

  /** Unique on this host in this run, and safe as the name of a directory: also the step's name in its claim. */
  nextExecution(step: string): string {
    this.#executions += 1;
    return `${step.replaceAll(/[^a-z0-9_.]+/gi, '-')}.${this.#executions}`;
  }
}
