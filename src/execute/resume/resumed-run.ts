import type { RunFinished } from '../../model/event.ts';
import type { BoundHost } from '../../model/host.ts';
import type { Plan } from '../../model/plan.ts';
import { mapLimited } from '../../util/map-limited.ts';
import { unreachable } from '../../util/unreachable.ts';
import { actOn } from '../act.ts';
import { bindingOf, planOf } from '../approved-plan.ts';
import { beginAgain, contextOf } from '../begin.ts';
import { connectHost } from '../connect.ts';
import { HostEnds, type HostEnd } from '../host-ends.ts';
import type { HostRun } from '../host-run.ts';
import { INTERRUPTED } from '../interrupt.ts';
import type { StageEnd } from '../lifecycle.ts';
import { beginUnderRules } from '../limits/begin-under-rules.ts';
import { actInBatches, type Schedule } from '../limits/schedule.ts';
import { schedulePlan } from '../limits/schedule-plan.ts';
import { tooManyLost } from '../limits/too-many-lost.ts';
import type { Turn } from '../limits/turn.ts';
import { lockAll } from '../lock.ts';
import type { RunContext } from '../run-context.ts';
import type { RunSetup } from '../run-setup.ts';
import { endAside, LEFT_OPEN, NOT_BEGUN, OTHER_MACHINE } from './end-aside.ts';
import type { PastHost } from './past-host.ts';
import type { PastRun } from './past-run.ts';
import { restoreHost } from './restore-host.ts';
import { restoreOnces } from './restore-onces.ts';

/** What another process is to do with a run that was cut short. */
export interface Resumption {
  readonly past: PastRun;
  readonly how: 'resume' | 'rollback';
  /** Those it goes on with: the others keep the end that they have. */
  readonly hosts: readonly PastHost[];
  /** What it was decided to do: batches and limits. */
  readonly plan: Plan;
  /** What was approved, and binds what is sent. */
  readonly approved: Plan;
}

/**
 * Another session of a run. Its hosts are connected and locked, which awaits what still runs there, and asked what became of what has no
 * end; those on which something was sent go on where they were, then the others are begun. Rejects as `Run` does.
 */
export class ResumedRun {
  readonly #context: RunContext;
  readonly #ends: HostEnds;
  readonly #work: Resumption;
  readonly #connected = new Map<string, HostRun>();
  #stopListening: () => void = () => undefined;
  #hasBegun = false;

  constructor(setup: RunSetup, work: Resumption) {
    this.#context = contextOf({ ...setup, lastSeq: work.past.lastSeq });
    this.#ends = new HostEnds(this.#context);
    this.#work = work;
  }

  /** That this session goes on with the run is in the record. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** To the end of the run. */
  async goOn(): Promise<RunFinished> {
    const { past, how, hosts } = this.#work;
    const names = new Set(hosts.map(({ name }) => name));
    this.#stopListening = await beginAgain(this.#context, { how, hosts: [...names] });
    this.#hasBegun = true;
    restoreOnces(this.#context.onces, this.#context.runbook, past);
    for (const { name, end, isChanged } of past.hosts.values()) {
      if (names.has(name)) continue;
      await (end === undefined ? this.#ends.add(name, isChanged ? LEFT_OPEN : NOT_BEGUN) : this.#ends.keep(end));
    }
    const bound = this.#context.hosts.filter(({ host }) => names.has(host.name));
    await mapLimited(bound, this.#context.forks, (host) => this.#connect(host));
    const locked = await this.#lock();
    const begun = locked.filter((host) => host.past !== undefined);
    const schedule = this.#schedule(await this.#mayBegin(locked.filter((host) => host.past === undefined)));
    await this.#goOnWith(begun, schedule);
    await actInBatches(schedule);
    this.#stopListening();
    return this.#ends.finish();
  }

  /** Closes all connections and frees all locks. Never throws. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#context.connections.closeAll();
  }

  async #connect(bound: BoundHost): Promise<void> {
    const past = this.#pastOf(bound.host.name);
    const connecting = await connectHost(this.#context, bound);
    switch (connecting.state) {
      case 'connected':
        this.#connected.set(past.name, connecting.host);
        restoreHost(connecting.host, past, this.#work.past, this.#work.how);
        return;
      case 'unreachable': {
        const { error } = connecting;
        return this.#finish(past.name, endAside(past, { end: 'lost', reason: error.message, error }));
      }
      case 'interrupted':
        return this.#finish(past.name, endAside(past, { end: 'interrupted', reason: INTERRUPTED }));
      default:
        return unreachable(connecting);
    }
  }

  async #lock(): Promise<readonly HostRun[]> {
    const hosts = [...this.#connected.values()];
    const machines = hosts.map(({ name, machine }) => ({ name, machine }));
    const taken: HostRun[] = [];
    for (const { host, end } of await lockAll(this.#context, hosts, machines)) {
      const past = this.#pastOf(host.name);
      const isOther = past.machine !== undefined && past.machine !== host.machine;
      const lock: StageEnd<'lock'> = isOther ? { end: 'refused', reason: OTHER_MACHINE } : end;
      if (lock.end === 'taken') taken.push(host);
      else await this.#finish(host.name, endAside(past, lock));
    }
    return taken;
  }

  /** Those that cannot be reached keep the others from being begun, as in the first session. */
  async #mayBegin(hosts: readonly HostRun[]): Promise<readonly HostRun[]> {
    const tooMany = tooManyLost(this.#ends.count('unreachable'), this.#context.hosts.length, this.#work.plan);
    if (tooMany === undefined || hosts.length === 0) return hosts;
    await this.#ends.stopBy(tooMany);
    for (const { name } of hosts) await this.#finish(name, { outcome: 'not-started', reason: tooMany.reason });
    return [];
  }

  /** Limits and batches for the hosts that were not begun, with what was counted before. */
  #schedule(hosts: readonly HostRun[]): Schedule {
    const { plan, past, how } = this.#work;
    const byName = new Map(hosts.map((host) => [host.name, host]));
    const schedule = schedulePlan(this.#context, plan, how === 'rollback' ? new Map() : byName);
    for (const { name, outcome, attempted } of this.#turnsTaken()) {
      schedule.gate.note(name, { outcome, attempted });
      schedule.keep.noteEnd(name, outcome);
    }
    schedule.gate.noteBatch();
    return {
      ...schedule,
      hasChanged: [...past.hosts.values()].some(({ attempted }) => attempted),
      act: async (name) => this.#act(byName.get(name)),
      leave: (name, reason) => this.#finish(name, { outcome: 'not-started', reason }),
      tell: (event) =>
        event.type === 'limit-reached' ? this.#ends.stopBy(event) : this.#context.recorder.commit(event),
    };
  }

  /** Of hosts that were started and have ended, in a former session or just now; who was never started counts for no limit. */
  #turnsTaken(): readonly (Turn & { readonly name: string })[] {
    const { plan, past, hosts } = this.#work;
    const started = new Set(plan.batches.flat());
    const resumed = new Map(hosts.map((host) => [host.name, host]));
    return [...past.hosts.values()].flatMap(({ name, attempted }) => {
      const outcome = this.#ends.outcomeOf(name);
      const wasStarted = started.has(name) && resumed.get(name)?.isChanged !== false;
      return outcome === undefined || !wasStarted ? [] : [{ name, outcome, attempted }];
    });
  }

  /** Whatever the limits say: who was begun is carried to its end. What was carried out for others is undone after they are. */
  async #goOnWith(hosts: readonly HostRun[], { gate, keep }: Schedule): Promise<void> {
    for (const { name } of hosts) keep.noteStart(name);
    const inOrder = this.#work.how === 'rollback' ? carriersLast(hosts, this.#work.past, this.#context) : [hosts];
    for (const some of inOrder) {
      await mapLimited(some, this.#context.forks, async (host) => {
        const turn = await this.#act(host);
        gate.note(host.name, turn);
        keep.noteEnd(host.name, turn.outcome);
      });
    }
    gate.noteBatch();
  }

  async #act(host: HostRun | undefined): Promise<Turn> {
    if (host === undefined) throw new Error('a host is in a batch and not locked');
    const { approved, past } = this.#work;
    // Who approved a run as such, and no plan, did not bind what was begun; what was not is bound by what is known of it.
    const isBound = host.past === undefined || past.approved?.how !== 'yes-option';
    // Who was begun is carried to its end: left in its middle it would be worse than found.
    const refused = host.past === undefined ? beginUnderRules(host, planOf(this.#work.plan, host.name)) : undefined;
    const end = refused ?? (await actOn(host, isBound ? bindingOf(host, approved) : undefined));
    await this.#finish(host.name, end);
    return { outcome: end.outcome, attempted: host.attempted };
  }

  async #finish(host: string, end: HostEnd): Promise<void> {
    await this.#ends.add(host, end, this.#connected.get(host));
    this.#context.onces.abandon(host);
  }

  #pastOf(name: string): PastHost {
    const past = this.#work.past.hosts.get(name);
    if (past === undefined) throw new Error(`${name} is no host of the run`);
    return past;
  }
}

function carriersLast(
  hosts: readonly HostRun[],
  past: PastRun,
  { runbook }: RunContext,
): readonly (readonly HostRun[])[] {
  const once = new Set(runbook.fix.filter((step) => step.once === true).map(({ id }) => id));
  const carries = ({ name }: HostRun): boolean =>
    past.hosts.get(name)?.fix.some((item) => item.unsent === undefined && once.has(item.step)) === true;
  return [hosts.filter((host) => !carries(host)), hosts.filter(carries)];
}
