import type { RunFinished } from '../../model/event.ts';
import { mapLimited } from '../../util/map-limited.ts';
import { actOn } from '../act.ts';
import { bindingOf, planOf } from '../approved-plan.ts';
import { beginAgain, contextOf } from '../begin.ts';
import type { HostRun } from '../host-run.ts';
import { beginUnderRules } from '../limits/begin-under-rules.ts';
import { actInBatches, type Schedule } from '../limits/schedule.ts';
import { schedulePlan } from '../limits/schedule-plan.ts';
import { tooManyLost } from '../limits/too-many-lost.ts';
import type { Turn } from '../limits/turn.ts';
import type { RunContext } from '../run-context.ts';
import type { RunSetup } from '../run-setup.ts';
import { carriersLast } from './carriers-last.ts';
import { clearEnded } from './clear-ended.ts';
import type { PastHost } from './past-host.ts';
import { restoreOnces } from './restore-onces.ts';
import { ResumedHosts } from './resumed-hosts.ts';
import type { Resumption } from './resumption.ts';

/**
 * Another session of a run. Its hosts are connected and locked, which awaits what still runs there, and asked what became of what has no
 * end; those on which something was sent go on where they were, then the others are begun. Rejects as `Run` does.
 */
export class ResumedRun {
  readonly #context: RunContext;
  readonly #hosts: ResumedHosts;
  readonly #work: Resumption;
  #stopListening: () => void = () => undefined;
  #hasBegun = false;

  constructor(setup: RunSetup, work: Resumption) {
    this.#context = contextOf({ ...setup, lastSeq: work.past.lastSeq });
    this.#hosts = new ResumedHosts(this.#context, work);
    this.#work = work;
  }

  /** That this session goes on with the run is in the record. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** To the end of the run. */
  async goOn(): Promise<RunFinished> {
    const { past, how, hosts } = this.#work;
    this.#stopListening = await beginAgain(this.#context, { how, hosts: hosts.map(({ name }) => name) });
    this.#hasBegun = true;
    restoreOnces(this.#context.onces, this.#context.runbook, past);
    await this.#hosts.keepOthers();
    const locked = await this.#hosts.take();
    const begun = locked.filter((host) => host.past !== undefined);
    const schedule = this.#schedule(await this.#mayBegin(locked.filter((host) => host.past === undefined)));
    await this.#goOnWith(begun, schedule);
    await actInBatches(schedule);
    await clearEnded(this.#context, this.#others());
    this.#stopListening();
    return this.#hosts.ends.finish();
  }

  /** Closes all connections and frees all locks. Never throws. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#context.connections.closeAll();
  }

  /** Those that this session does not go on with. */
  #others(): readonly PastHost[] {
    const names = new Set(this.#work.hosts.map(({ name }) => name));
    return [...this.#work.past.hosts.values()].filter(({ name }) => !names.has(name));
  }

  /** Those that cannot be reached keep the others from being begun, as in the first session. */
  async #mayBegin(hosts: readonly HostRun[]): Promise<readonly HostRun[]> {
    const { ends } = this.#hosts;
    const tooMany = tooManyLost(ends.count('unreachable'), this.#work.past.hosts.size, this.#work.plan);
    if (tooMany === undefined || hosts.length === 0) return hosts;
    await ends.stopBy(tooMany);
    for (const { name } of hosts) await this.#hosts.finish(name, { outcome: 'not-started', reason: tooMany.reason });
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
      leave: (name, reason) => this.#hosts.finish(name, { outcome: 'not-started', reason }),
      tell: (event) =>
        event.type === 'limit-reached' ? this.#hosts.ends.stopBy(event) : this.#context.recorder.commit(event),
    };
  }

  /** Of hosts that were started and have ended, in a former session or just now; who was never started counts for no limit. */
  #turnsTaken(): readonly (Turn & { readonly name: string })[] {
    const { plan, past, hosts } = this.#work;
    const started = new Set(plan.batches.flat());
    const resumed = new Map(hosts.map((host) => [host.name, host]));
    return [...past.hosts.values()].flatMap(({ name, attempted }) => {
      const outcome = this.#hosts.ends.outcomeOf(name);
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
    await this.#hosts.finish(host.name, end);
    return { outcome: end.outcome, attempted: host.attempted };
  }
}
