import { compose } from '../model/expand-step.ts';
import type { RunFinished } from '../model/event.ts';
import type { ExecOrder } from '../model/exec.ts';
import type { HostPlan } from '../model/plan.ts';
import type { Step } from '../model/runbook.ts';
import { mapLimited } from '../util/map-limited.ts';
import { sha256 } from '../util/sha256.ts';
import { endOf } from './approval.ts';
import { begin, contextOf } from './begin.ts';
import { connectHost, type HostConnecting } from './connect.ts';
import { HostEnds, type HostEnd } from './host-ends.ts';
import type { HostRun } from './host-run.ts';
import { internalError } from './internal-error.ts';
import { INTERRUPTED } from './interrupt.ts';
import { nextOf } from './lifecycle.ts';
import { Gate } from './limits/gate.ts';
import { KeepWatch } from './limits/keep-watch.ts';
import { actInBatches } from './limits/schedule.ts';
import { lockAll } from './lock.ts';
import type { RunContext } from './run-context.ts';
import type { RunSetup } from './run-setup.ts';
import type { StepEnd } from './steps/judge.ts';
import { changeStep, readStep } from './steps/step.ts';

/**
 * One command on many hosts, which is the only step of the runbook that it is given: `connect`, then `send`, then `close`,
 * whatever happened. A step that changes has all that a fix has: the lock, the durable intent, the claim, batches with a canary.
 * One that reads goes to all hosts at once. Each rejects with `StoreFailed` when the journal does, as in a `Run`.
 */
export class Exec {
  readonly #context: RunContext;
  readonly #step: Step;
  readonly #connected = new Map<string, HostConnecting>();
  readonly #ends: HostEnds;
  #stopListening: () => void = () => undefined;

  constructor(setup: RunSetup) {
    const [step] = [...setup.runbook.diagnose, ...setup.runbook.fix];
    if (step === undefined) throw new Error('an exec has one step');
    this.#context = withMaskedName(contextOf(setup));
    this.#step = step;
    this.#ends = new HostEnds(this.#context);
  }

  /** Connects to all hosts, `forks` at once. By name, in their order; who was interrupted is in neither. */
  async connect(): Promise<Reached> {
    const { hosts, forks } = this.#context;
    this.#stopListening = await begin(this.#context);
    await mapLimited(hosts, forks, async (bound) => {
      this.#connected.set(bound.host.name, await connectHost(this.#context, bound));
    });
    const ended = (state: HostConnecting['state']): readonly string[] =>
      hosts.map(({ host }) => host.name).filter((name) => this.#connected.get(name)?.state === state);
    return { reached: ended('connected'), unreachable: ended('unreachable') };
  }

  /** Sends the command as `order` says, and ends every host. `refused`: it is sent to none, and why. */
  async send(order: ExecOrder, refused?: string): Promise<RunFinished> {
    if (order.stop !== undefined) await this.#ends.stopBy(order.stop);
    for (const { host } of this.#context.hosts) await this.#endUnreached(host.name, order.stop?.reason, refused);
    if (this.#step.effect === 'changes') for (const { name } of this.#open()) await this.#endForbidden(name);
    const reached = this.#open();
    await (this.#step.effect === 'reads' ? this.#readAll(reached) : this.#changeAll(reached, order));
    this.#stopListening();
    return this.#ends.finish();
  }

  /** Closes all connections and frees all locks. Never throws. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#context.connections.closeAll();
  }

  async #endUnreached(name: string, stopped: string | undefined, refused: string | undefined): Promise<void> {
    const connecting = this.#connected.get(name);
    if (connecting?.state === 'unreachable') {
      const { error } = connecting;
      await this.#end(name, { outcome: 'unreachable', reason: error.message, error });
    } else if (connecting?.state !== 'connected' || this.#context.stop.aborted) {
      await this.#end(name, { outcome: 'not-started', reason: INTERRUPTED });
    } else if (refused !== undefined) await this.#end(name, { outcome: 'refused', reason: refused });
    else if (stopped !== undefined) await this.#end(name, { outcome: 'not-started', reason: stopped });
  }

  async #endForbidden(name: string): Promise<void> {
    const end = this.#forbidden(name);
    if (end !== undefined) await this.#end(name, end);
  }

  /** A command is no repair of which anybody knows the risk: a rule of the site that forbids repairs forbids it. */
  #forbidden(host: string): HostEnd | undefined {
    const asked: HostPlan = { host, outcome: 'needs-fix', reason: '', findings: [], steps: [] };
    const reviewed = this.#context.policy?.review(asked) ?? asked;
    return reviewed.outcome === 'needs-fix' ? undefined : endOf(reviewed);
  }

  async #readAll(hosts: readonly HostRun[]): Promise<void> {
    await mapLimited(hosts, this.#context.forks, async (host) => {
      const end: HostEnd = this.#context.stop.aborted
        ? { outcome: 'not-started', reason: INTERRUPTED }
        : await this.#run(host);
      await this.#end(host.name, end);
    });
  }

  async #changeAll(hosts: readonly HostRun[], order: ExecOrder): Promise<void> {
    const { clock, stop, runbook, forks, recorder } = this.#context;
    const locked = new Map((await this.#lock(hosts)).map((host) => [host.name, host]));
    await actInBatches({
      batches: order.batches.map((batch) => batch.filter((name) => locked.has(name))),
      canary: order.batches[0]?.length ?? 1,
      forks,
      gate: new Gate({ maxFailures: order.maxFailures, runTimeoutMs: runbook.limits.runTimeoutMs, clock, stop }),
      keep: new KeepWatch(undefined, new Set(), []),
      act: async (name) => {
        const host = locked.get(name);
        if (host === undefined) throw new Error(`${name} is in a batch and not locked`);
        const end = this.#forbidden(name) ?? (await this.#run(host));
        await this.#end(name, end);
        return { outcome: end.outcome, attempted: host.attempted };
      },
      leave: (name, reason) => this.#end(name, { outcome: 'not-started', reason }),
      tell: (event) => (event.type === 'limit-reached' ? this.#ends.stopBy(event) : recorder.commit(event)),
    });
  }

  async #lock(hosts: readonly HostRun[]): Promise<readonly HostRun[]> {
    const machines = this.#context.hosts.map(({ host }) => {
      const connecting = this.#connected.get(host.name);
      return { name: host.name, machine: connecting?.state === 'connected' ? connecting.host.machine : undefined };
    });
    const locked = await lockAll(this.#context, hosts, machines);
    for (const { host, end } of locked) {
      const next = nextOf('lock', end.end);
      if ('outcome' in next) await this.#end(host.name, { ...end, outcome: next.outcome });
    }
    return locked.filter(({ end }) => end.end === 'taken').map(({ host }) => host);
  }

  async #run(host: HostRun): Promise<HostEnd> {
    const step = this.#step;
    try {
      const scope = host.scope();
      const composed = compose(step, scope);
      if (!composed.ok) return { outcome: 'failed', reason: composed.error.error };
      if (step.effect === 'reads') return stepEndOf(await readStep(host, step, 'exec', scope, composed.value), host);
      const sent = await changeStep(host, step, 'exec', scope, composed.value);
      host.sent.push(sent);
      return stepEndOf(sent.ended, host);
    } catch (bug) {
      const error = internalError(bug);
      return { outcome: 'unknown', reason: error.message.split('\n')[0] ?? '', error };
    }
  }

  #open(): readonly HostRun[] {
    return this.#reached().filter(({ name }) => !this.#ends.has(name));
  }

  #reached(): readonly HostRun[] {
    return this.#context.hosts.flatMap(({ host }) => {
      const connecting = this.#connected.get(host.name);
      return connecting?.state === 'connected' ? [connecting.host] : [];
    });
  }

  #end(name: string, end: HostEnd): Promise<void> {
    const connecting = this.#connected.get(name);
    return this.#ends.add(name, end, connecting?.state === 'connected' ? connecting.host : undefined);
  }
}

export interface Reached {
  readonly reached: readonly string[];
  readonly unreachable: readonly string[];
}

/**
 * Pure: an exec is named by its command, and in that a secret may have been typed. Names are neither masked in the record nor kept from
 * those who read the lock of a host. The hash is made of what is shown, so that it does not tell whether a guess was right.
 */
function withMaskedName(context: RunContext): RunContext {
  const { recorder, runbook, selection } = context;
  const { name } = recorder.mask({ name: runbook.name });
  if (name === runbook.name) return context;
  return {
    ...context,
    runbook: { ...runbook, name, summary: name, sha256: sha256(name) },
    ...(selection !== undefined && { selection: { ...selection, runbook: name } }),
  };
}

/** Pure: a read whose answer was lost may be asked again by whoever likes; a change may have happened. */
function stepEndOf({ result }: StepEnd, { run }: HostRun): HostEnd {
  const { status, error, reason } = result;
  const isCutOff = run.kill.aborted && reason === 'cancelled';
  if (status === 'ok' || status === 'changed') return { outcome: 'done', reason: '' };
  if (status === 'unknown') return { outcome: 'unknown', reason: error, ...(isCutOff && { interrupted: true }) };
  if (reason === 'lost') return { outcome: 'unreachable', reason: error };
  return { outcome: 'failed', reason: error, ...(isCutOff && { interrupted: true }) };
}
