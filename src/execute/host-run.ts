import type { ComposedStep } from '../model/expand-step.ts';
import type { FindingValue, Scope, ScopeTime } from '../model/expression.ts';
import type { BoundHost } from '../model/host.ts';
import type { HostPolicy } from '../model/policy.ts';
import type { FindingReport, StepResult } from '../model/result.ts';
import type { ConnectedHost } from './connected-host.ts';
import { PauseWatch } from './pause-watch.ts';
import type { RunContext } from './run-context.ts';
import type { PastWork } from './resume/past-work.ts';
import type { SentStep } from './steps/sent-step.ts';

/** One host that a run is about, connected: what is known of it, and what was done for it, there or on a delegate. */
export class HostRun {
  readonly run: RunContext;
  readonly own: ConnectedHost;
  readonly watch: PauseWatch;
  /** Results that expressions see: replaced as a whole by each diagnosis, extended by each step. */
  steps: ReadonlyMap<string, StepResult> = new Map();
  findings: ReadonlyMap<string, FindingValue> = new Map();
  /** As last evaluated, for the record. */
  reports: readonly FindingReport[] = [];
  /** As last evaluated before the first change: a problem that is not among them is of our making. */
  reportsBefore: readonly FindingReport[] = [];
  /** When the first fix step was sent, by the monotonic clock. */
  fixStarted: number | undefined;
  /** Changing steps that were sent, in order: a rollback goes backwards through them. */
  readonly sent: SentStep[] = [];
  /** The first change was sent, or is about to be. */
  attempted = false;
  /** Findings for which a fix step was sent. */
  readonly treated = new Set<string>();
  /** The highest risk that a rule of the site allows here, as it was when the host was begun; undefined: none limits it. */
  mostRisk: HostPolicy['maxRisk'];
  /** What a former session of the run did for it, to be followed before anything new is sent; undefined: nothing. */
  past: PastWork | undefined;
  readonly #delegates: ReadonlyMap<string, ConnectedHost>;
  #executions = 0;

  constructor(run: RunContext, own: ConnectedHost, delegates: readonly ConnectedHost[] = []) {
    this.run = run;
    this.own = own;
    this.#delegates = new Map(delegates.map((host) => [host.name, host]));
    this.watch = new PauseWatch(run.clock);
    for (const host of [own, ...delegates]) host.watches.add(this.watch);
  }

  get name(): string {
    return this.own.name;
  }

  get bound(): BoundHost {
    return this.own.bound;
  }

  get machine(): string {
    return this.own.machine;
  }

  /** Steps that ended `changed`. */
  get changes(): number {
    return this.sent.filter(({ ended }) => ended.result.status === 'changed').length;
  }

  /** Where a step is carried out. */
  at({ on }: Pick<ComposedStep, 'on'>): ConnectedHost {
    const host = on === undefined ? this.own : this.#delegates.get(on);
    if (host === undefined) throw new Error(`${on} was composed for, and is not connected`);
    return host;
  }

  /** The hosts to be locked before anything is changed for this one. */
  toLock(): readonly ConnectedHost[] {
    const changed = (this.bound.delegates ?? []).filter(({ changes }) => changes);
    return [this.own, ...changed.map(({ name }) => this.at({ on: name }))];
  }

  /** In words, which connection broke, and why there is no other; its own has no name. `when`: `during the diagnosis`. */
  howItBroke(when: string): string {
    const lost = this.#lost();
    const what = lost === undefined || lost === this.own ? 'the connection' : `the connection to ${lost.name}`;
    const why = lost?.whyLost === undefined ? '' : `, and ${lost.whyLost}`;
    return `${what} broke${when === '' ? '' : ` ${when}`}${why}`;
  }

  /** A connection broke, and there is no other. */
  get isLost(): boolean {
    return this.#lost() !== undefined;
  }

  /** The same scope at this moment of all clocks. */
  atNow(scope: Scope): Scope {
    const delegates = [...(scope.delegates ?? [])].map(([name, { facts, time }]) => {
      return [name, { facts, time: { ...time, now: this.at({ on: name }).clock.now() } }] as const;
    });
    const time = { ...scope.time, now: this.own.clock.now() };
    return { ...scope, time, ...(delegates.length > 0 && { delegates: new Map(delegates) }) };
  }

  /** What an expression sees now. */
  scope(): Scope {
    const { params, host } = this.bound;
    const { name, address, port, user, groups } = host;
    const delegates = [...this.#delegates].map(([name, other]) => {
      return [name, { facts: other.connection.facts, time: this.#timeOn(other) }] as const;
    });
    return {
      params,
      host: { ...this.own.connection.facts, name, address, port, user, groups },
      steps: this.steps,
      findings: this.findings,
      time: this.#timeOn(this.own),
      ...(delegates.length > 0 && { delegates: new Map(delegates) }),
    };
  }

  /** How often something was sent on behalf of a step. */
  get executions(): number {
    return this.#executions;
  }

  /** Numbers go on after this one. */
  countFrom(executions: number): void {
    this.#executions = Math.max(this.#executions, executions);
  }

  /** Unique on this host and on the one it is sent to, in this run, and safe as the name of a directory: also the name of its claim. */
  nextExecution(step: string, on: ConnectedHost): string {
    this.#executions += 1;
    const own = `${step.replaceAll(/[^a-z0-9_.]+/gi, '-')}.${this.#executions}`;
    return on === this.own ? own : `${own}.${on.nextDelegated()}`;
  }

  #lost(): ConnectedHost | undefined {
    return [this.own, ...this.#delegates.values()].find(({ isLost }) => isLost);
  }

  #timeOn({ clock }: ConnectedHost): ScopeTime {
    return {
      now: clock.now(),
      ...(this.fixStarted === undefined ? {} : { fixStarted: clock.at(this.fixStarted) }),
    };
  }
}

/** Pure: what is seen in the final proof, where no `since` reaches back behind the first fix step. */
export function sinceFix(scope: Scope): Scope {
  const floored = (time: ScopeTime): ScopeTime =>
    time.fixStarted === undefined ? time : { ...time, sinceFloor: time.fixStarted };
  const delegates = [...(scope.delegates ?? [])].map(
    ([name, { facts, time }]) => [name, { facts, time: floored(time) }] as const,
  );
  return { ...scope, time: floored(scope.time), ...(delegates.length > 0 && { delegates: new Map(delegates) }) };
}
