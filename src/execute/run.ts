import type { RunFinished } from '../model/event.ts';
import type { HostPlan, Plan } from '../model/plan.ts';
import type { SurveyedHost } from '../model/survey.ts';
import { mapLimited } from '../util/map-limited.ts';
import { Redactor } from '../util/redact.ts';
import { actOn, type HostEnd } from './act.ts';
import type { Binding } from './stages/binding.ts';
import { HostEnds, signalOf } from './host-ends.ts';
import { nextOf } from './lifecycle.ts';
import { lockAll } from './lock.ts';
import type { HostRun } from './host-run.ts';
import { Recorder } from './record/recorder.ts';
import type { RunContext, RunOptions } from './run-context.ts';
import { secretsOf } from './record/secrets-of.ts';
import { surveyHost, type SurveyedConnection } from './survey.ts';

export type { RunOptions } from './run-context.ts';
export { StoreFailed } from './record/recorder.ts';

/** Leave to change hosts. `answer`: a person saw the plan, and only that plan may be carried out. */
export interface Approval {
  readonly by: string;
  readonly how: 'yes-option' | 'answer';
}

/**
 * One run: `survey`, then `propose` the plan that was decided from it, then `act` on it (or `conclude` with it, changing
 * nothing), then `close`, whatever happened. Each rejects with `StoreFailed` when the journal does, after all that was running
 * has ended; nothing else is thrown for what the world does.
 */
export class Run {
  readonly #context: RunContext;
  readonly #begun: number;
  readonly #surveyed = new Map<string, SurveyedConnection>();
  readonly #ends = new HostEnds();

  constructor(options: RunOptions) {
    const redactor = new Redactor(secretsOf(options.hosts));
    const recorder = new Recorder(options.runId, options.journal, options.clock, redactor);
    // A copy by members: `transportOf` may be a method that needs its object.
    this.#context = { ...options, transportOf: (host) => options.transportOf(host), recorder };
    this.#begun = options.clock.monotonic();
  }

  /** Connects to all hosts and diagnoses them, `forks` at once. Nothing is changed or written on them. */
  async survey(): Promise<readonly SurveyedHost[]> {
    const { recorder, hosts, forks, stop } = this.#context;
    const { mode, runbook, startedBy, version } = this.#context;
    await recorder.commit({
      type: 'run-started',
      mode,
      runbook: runbook.name,
      runbookSha256: runbook.sha256,
      hosts: hosts.map(({ host }) => host.name),
      startedBy,
      version,
    });
    if (stop.aborted) this.#noteInterrupt();
    else stop.addEventListener('abort', this.#noteInterrupt, { once: true });
    const surveyed = await mapLimited(hosts, forks, async (bound) => {
      const host = await surveyHost(this.#context, bound);
      this.#surveyed.set(bound.host.name, host);
      return host.surveyed;
    });
    return surveyed;
  }

  /** Records the plan before anybody is asked to approve it. Resolves with what may be shown: the plan without any known secret. */
  async propose(plan: Plan): Promise<Plan> {
    const made = await this.#context.recorder.commit({ type: 'plan-made', plan });
    return made.plan;
  }

  /** Ends the run with the plan as its result. */
  async conclude(plan: Plan): Promise<RunFinished> {
    await this.#finishAll(plan, ({ outcome, reason }) => ({ outcome, reason }));
    return this.#finish();
  }

  /** Carries out the plan: on every host that needs a fix, once all of them are locked. Without approval they end `refused`. */
  async act(plan: Plan, approval: Approval | undefined): Promise<RunFinished> {
    const { recorder, stop } = this.#context;
    await this.#finishAll(plan, ({ outcome, reason }) => {
      if (outcome !== 'needs-fix') return { outcome, reason };
      if (stop.aborted) return { outcome: 'not-started', reason: 'interrupted before the first change' };
      return approval === undefined ? { outcome: 'refused', reason: 'the plan was not approved' } : undefined;
    });
    const sick = this.#unfinished();
    if (approval !== undefined && sick.length > 0) {
      await recorder.commit({ type: 'approved', planSha256: plan.sha256, by: approval.by, how: approval.how });
    }
    const locked = await this.#lock(sick);
    await this.#actOn(locked, plan, approval?.how === 'answer');
    return this.#finish();
  }

  /** Closes all connections and frees all locks. Never throws. */
  async close(): Promise<void> {
    this.#context.stop.removeEventListener('abort', this.#noteInterrupt);
    const connections = [...this.#surveyed.values()].flatMap(({ connection }) => connection ?? []);
    await Promise.all(connections.map(({ connection }) => connection.close()));
  }

  async #lock(hosts: readonly HostRun[]): Promise<readonly HostRun[]> {
    const locked = await lockAll(this.#context, hosts);
    for (const { host, end } of locked) {
      const next = nextOf('lock', end.end);
      if ('outcome' in next) await this.#finishHost(host.name, { ...end, outcome: next.outcome });
    }
    return locked.filter(({ end }) => end.end === 'taken').map(({ host }) => host);
  }

  async #actOn(hosts: readonly HostRun[], plan: Plan, bound: boolean): Promise<void> {
    const { forks, stop } = this.#context;
    await mapLimited(hosts, forks, async (host) => {
      if (stop.aborted) {
        return this.#finishHost(host.name, { outcome: 'not-started', reason: 'interrupted before the first change' });
      }
      const binding = bound ? this.#bindingOf(host, plan) : undefined;
      return this.#finishHost(host.name, await actOn(host, binding));
    });
  }

  #bindingOf(host: HostRun, plan: Plan): Binding {
    const { recorder } = this.#context;
    const mask: Binding['mask'] = (value) => recorder.mask(value);
    return { plan: mask(planOf(plan, host.name)), mask };
  }

  #unfinished(): readonly HostRun[] {
    const open = this.#context.hosts.filter(({ host }) => !this.#ends.has(host.name));
    return open.map(({ host }) => {
      const connection = this.#surveyed.get(host.name)?.connection;
      if (connection === undefined) throw new Error(`${host.name} is to be fixed and has no connection`);
      return connection;
    });
  }

  /** Ends the hosts for which `endOf` knows how. */
  async #finishAll(plan: Plan, endOf: (plan: HostPlan) => HostEnd | undefined): Promise<void> {
    await mapLimited(this.#context.hosts, this.#context.forks, async ({ host }) => {
      const end = endOf(planOf(plan, host.name));
      const surveyed = this.#surveyed.get(host.name)?.surveyed;
      const error = surveyed !== undefined && 'error' in surveyed ? { error: surveyed.error } : {};
      if (end !== undefined) await this.#finishHost(host.name, { ...end, ...error });
    });
  }

  async #finishHost(host: string, { outcome, reason, error }: HostEnd): Promise<void> {
    const connection = this.#surveyed.get(host)?.connection;
    const changes = connection?.changes ?? 0;
    this.#ends.add(host, { outcome, reason, changes });
    await this.#context.recorder.commit({
      type: 'host-finished',
      host,
      outcome,
      reason,
      ...(error === undefined ? {} : { error }),
      findings: connection?.reports ?? [],
      changes,
    });
    await connection?.connection.close();
  }

  async #finish(): Promise<RunFinished> {
    const { clock, stop, recorder } = this.#context;
    stop.removeEventListener('abort', this.#noteInterrupt);
    const finished = this.#ends.finish(clock.monotonic() - this.#begun, stop.aborted ? signalOf(stop) : undefined);
    return recorder.commit(finished);
  }

  readonly #noteInterrupt = (): void => {
    this.#context.recorder.note({ type: 'run-interrupted', signal: signalOf(this.#context.stop) });
  };
}

function planOf(plan: Plan, host: string): HostPlan {
  const found = plan.hosts.find((candidate) => candidate.host === host);
  if (found === undefined) throw new Error(`the plan says nothing about ${host}`);
  return found;
}
