import type { ErrorInfo } from '../../model/error.ts';
import type { BoundHost } from '../../model/host.ts';
import { twinsOf } from '../../model/machine.ts';
import { mapLimited } from '../../util/map-limited.ts';
import { unreachable } from '../../util/unreachable.ts';
import { connectHost } from '../connect.ts';
import { HostEnds, type HostEnd } from '../host-ends.ts';
import type { HostRun } from '../host-run.ts';
import { INTERRUPTED } from '../interrupt.ts';
import type { StageEnd } from '../lifecycle.ts';
import { lockAll } from '../lock.ts';
import type { RunContext } from '../run-context.ts';
import { endAside, LEFT_OPEN, NOT_BEGUN, OTHER_MACHINE, treatedSince } from './end-aside.ts';
import type { PastHost } from './past-host.ts';
import { restoreHost } from './restore-host.ts';
import type { Resumption } from './resumption.ts';

/** The hosts of a resumed run: which of them it has now, and how the others end. */
export class ResumedHosts {
  readonly ends: HostEnds;
  readonly #context: RunContext;
  readonly #work: Resumption;
  readonly #connected = new Map<string, HostRun>();

  constructor(context: RunContext, work: Resumption) {
    this.#context = context;
    this.#work = work;
    this.ends = new HostEnds(context);
  }

  /** Those that this session does not go on with keep their end, or get one. */
  async keepOthers(): Promise<void> {
    const names = new Set(this.#work.hosts.map(({ name }) => name));
    for (const { name, end, isChanged } of this.#work.past.hosts.values()) {
      if (names.has(name)) continue;
      await (end === undefined ? this.ends.add(name, isChanged ? LEFT_OPEN : NOT_BEGUN) : this.ends.keep(end));
    }
  }

  /** Connects to those that it goes on with and locks them, and returns those that it has now; the others have ended. */
  async take(): Promise<readonly HostRun[]> {
    const { hosts, lacking } = this.#work;
    for (const past of hosts) {
      const error = lacking?.get(past.name);
      if (error !== undefined) await this.#leave(past, { end: 'lost', reason: error.message, error });
    }
    const names = new Set(hosts.map(({ name }) => name));
    const bound = this.#context.hosts.filter(({ host }) => names.has(host.name));
    await mapLimited(bound, this.#context.forks, (host) => this.#connect(host));
    return this.#lock();
  }

  /** Records how a host ended, and frees it. */
  async finish(host: string, end: HostEnd): Promise<void> {
    await this.ends.add(host, end, this.#connected.get(host));
    this.#context.onces.abandon(host);
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
        return this.#leave(past, { end: 'lost', reason: error.message, error });
      }
      case 'interrupted':
        return this.#leave(past, { end: 'interrupted', reason: INTERRUPTED });
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
      const why = end.end === 'taken' ? this.#whyOther(past, host) : undefined;
      if (why !== undefined) await this.#leave(past, { end: 'refused', reason: why.message, error: why });
      else if (end.end === 'taken') taken.push(host);
      else await this.#leave(past, end);
    }
    return taken;
  }

  /** Why a host that is locked now is not as this run left it, as far as that can be told without a look; undefined: it may be. */
  #whyOther(past: PastHost, { name, machine }: HostRun): ErrorInfo | undefined {
    if (past.machine === undefined) return undefined;
    if (past.machine !== machine) return OTHER_MACHINE;
    const { how, attemptsOfOthers } = this.#work;
    // Who asks for a rollback was shown what others did, and undos are made for that.
    if (how === 'rollback' || past.sentAt === undefined) return undefined;
    const all = [...this.#connected.values()].map((host) => ({ name: host.name, machine: host.machine }));
    const twins = twinsOf({ name, machine }, all);
    const last = attemptsOfOthers(machine, past.sentAt).findLast(({ host }) => !twins.has(host));
    return last === undefined ? undefined : treatedSince(last, this.#context.runbook.name);
  }

  #leave(past: PastHost, end: StageEnd<'lock'>): Promise<void> {
    return this.finish(past.name, endAside(past, end));
  }

  #pastOf(name: string): PastHost {
    const past = this.#work.past.hosts.get(name);
    if (past === undefined) throw new Error(`${name} is no host of the run`);
    return past;
  }
}
