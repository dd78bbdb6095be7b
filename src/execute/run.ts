import type { RunFinished } from '../model/event.ts';
import type { NamedMachine } from '../model/machine.ts';
import type { HostPlan, Plan } from '../model/plan.ts';
import type { SurveyedHost } from '../model/survey.ts';
import { mapLimited } from '../util/map-limited.ts';
import { actOn } from './act.ts';
import { endOf, endUntouched, type Approval, type Refusal } from './approval.ts';
import { bindingOf, planOf } from './approved-plan.ts';
import { begin, contextOf } from './begin.ts';
import { beginUnderRules } from './limits/begin-under-rules.ts';
import { HostEnds, type HostEnd } from './host-ends.ts';
import { nextOf } from './lifecycle.ts';
import { actInBatches } from './limits/schedule.ts';
import { schedulePlan } from './limits/schedule-plan.ts';
import { tooManyLost } from './limits/too-many-lost.ts';
import { lockAll } from './lock.ts';
import type { HostRun } from './host-run.ts';
import type { RunContext } from './run-context.ts';
import type { RunSetup } from './run-setup.ts';
import { surveyHost, type SurveyedConnection } from './survey.ts';
import { whyVoid } from './why-void.ts';

/**
 * One run: `survey`, then `propose` the plan that was decided from it, then `act` on it (or `conclude` with it, changing
 * nothing), then `close`, whatever happened. Each rejects with `StoreFailed` when the journal does, after all that was running
 * has ended; nothing else is thrown for what the world does.
 */
export class Run {
  readonly #context: RunContext;
  readonly #surveyed = new Map<string, SurveyedConnection>();
  readonly #ends: HostEnds;
  #stopListening: () => void = () => undefined;

  constructor(options: RunSetup) {
    this.#context = contextOf(options);
    this.#ends = new HostEnds(this.#context);
  }

  /** Connects to all hosts and diagnoses them, `forks` at once. Nothing is changed or written on them. */
  async survey(): Promise<readonly SurveyedHost[]> {
    const { hosts, forks } = this.#context;
    this.#stopListening = await begin(this.#context);
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
    if (plan.stop !== undefined) await this.#ends.stopBy(plan.stop);
    await this.#finishAll(plan, endOf);
    return this.#finish();
  }

  /** Why the plan that was approved before is void as a whole, after the survey; undefined: it holds, or there is none. */
  whyVoid(): string | undefined {
    const { approved } = this.#context;
    return approved === undefined ? undefined : whyVoid(approved, this.#surveyed.values());
  }

  /** Carries out the plan: on every host that needs a fix, once all of them are locked. Without leave they end `refused`. */
  async act(plan: Plan, answer: Approval | Refusal | undefined): Promise<RunFinished> {
    const { recorder, approved } = this.#context;
    if (plan.stop !== undefined) await this.#ends.stopBy(plan.stop);
    await this.#finishAll(plan, (planned) => endUntouched(this.#context, plan, planned, answer));
    if (answer === undefined || 'refused' in answer || plan.stop !== undefined) return this.#finish();
    const sick = this.#unfinished();
    if (sick.length > 0) {
      const named = approved === undefined ? {} : { plan: approved.runId };
      await recorder.commit({ type: 'approved', planSha256: (approved ?? plan).sha256, ...answer, ...named });
    }
    const locked = await this.#lock(sick, plan);
    await this.#actOn(locked, plan, answer.how === 'yes-option' ? undefined : (approved ?? plan));
    return this.#finish();
  }

  /** Closes all connections and frees all locks. Never throws. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#context.connections.closeAll();
  }

  /** Hosts that are lost only now count with those that the survey did not reach. */
  async #lock(hosts: readonly HostRun[], plan: Plan): Promise<readonly HostRun[]> {
    const locked = await lockAll(this.#context, hosts, this.#machines());
    for (const { host, end } of locked) {
      const next = nextOf('lock', end.end);
      if ('outcome' in next) await this.#finishHost(host.name, { ...end, outcome: next.outcome });
    }
    const taken = locked.filter(({ end }) => end.end === 'taken').map(({ host }) => host);
    const lost = locked.filter(({ end }) => end.end === 'lost').length;
    const tooMany = tooManyLost(this.#ends.count('unreachable'), this.#context.hosts.length, plan);
    if (lost === 0 || taken.length === 0 || tooMany === undefined) return taken;
    await this.#ends.stopBy(tooMany);
    for (const { name } of taken) await this.#finishHost(name, { outcome: 'not-started', reason: tooMany.reason });
    return [];
  }

  async #actOn(hosts: readonly HostRun[], plan: Plan, bound: Plan | undefined): Promise<void> {
    const byName = new Map(hosts.map((host) => [host.name, host]));
    await actInBatches({
      ...schedulePlan(this.#context, plan, byName),
      act: async (name) => {
        const host = byName.get(name);
        if (host === undefined) throw new Error(`${name} is in a batch and not locked`);
        const refused = beginUnderRules(host, planOf(plan, name));
        const end = refused ?? (await actOn(host, bound === undefined ? undefined : bindingOf(host, bound)));
        await this.#finishHost(name, end);
        return { outcome: end.outcome, attempted: host.attempted };
      },
      leave: (name, reason) => this.#finishHost(name, { outcome: 'not-started', reason }),
      tell: (event) =>
        event.type === 'limit-reached' ? this.#ends.stopBy(event) : this.#context.recorder.commit(event),
    });
  }

  #machines(): readonly NamedMachine[] {
    return [...this.#surveyed].map(([name, { connection }]) => ({ name, machine: connection?.machine }));
  }

  #unfinished(): readonly HostRun[] {
    const open = this.#context.hosts.filter(({ host }) => !this.#ends.has(host.name));
    return open.map(({ host }) => {
      const connection = this.#surveyed.get(host.name)?.connection;
      if (connection === undefined) throw new Error(`${host.name} is to be fixed and has no connection`);
      return connection;
    });
  }

  /** Ends the hosts for which `choose` knows how. */
  async #finishAll(plan: Plan, choose: (plan: HostPlan) => HostEnd | undefined): Promise<void> {
    await mapLimited(this.#context.hosts, this.#context.forks, async ({ host }) => {
      const end = choose(planOf(plan, host.name));
      const surveyed = this.#surveyed.get(host.name)?.surveyed;
      const error = surveyed !== undefined && 'error' in surveyed ? { error: surveyed.error } : {};
      if (end !== undefined) await this.#finishHost(host.name, { ...end, ...error });
    });
  }

  #finishHost(host: string, end: HostEnd): Promise<void> {
    return this.#ends.add(host, end, this.#surveyed.get(host)?.connection);
  }

  #finish(): Promise<RunFinished> {
    this.#stopListening();
    return this.#ends.finish();
  }
}
