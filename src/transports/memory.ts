import type { Duplex } from 'node:stream';
import type { ErrorInfo } from '../model/error.ts';
import type { Host, HostFacts } from '../model/host.ts';
import type { CommandResult, Script } from '../model/script.ts';
import type {
  Asker,
  ChangeRequest,
  Claim,
  Connection,
  Ledger,
  LockNote,
  ReadRequest,
  Settled,
  SettleRequest,
  Transport,
} from '../model/transport.ts';
import { err, ok, type Result } from '../util/result.ts';
import { endedWithoutOutput } from './output.ts';
import { claimName, lockHeld, SAME_MACHINE, TAKEN_OVER } from './errors.ts';

/** What a simulated host is asked. `signal` is aborted when the caller no longer waits for the answer. */
export interface SimulatedRequest {
  readonly script: Script;
  readonly effect: 'reads' | 'changes';
  readonly timeoutMs: number;
  /** Only with effect `changes`. */
  readonly claim?: Claim;
  readonly asker?: Asker;
  readonly signal: AbortSignal;
}

/**
 * A host that exists only here. One object is one machine: given under two names, both names have one lock and one incarnation.
 * It decides how every command ends, timeouts included: this transport knows no clock. An answer that is lost cuts the connection.
 */
export interface SimulatedHost {
  readonly facts: HostFacts;
  respond(request: SimulatedRequest): CommandResult | Promise<CommandResult>;
  dial?(address: string, port: number): Result<Duplex, ErrorInfo> | Promise<Result<Duplex, ErrorInfo>>;
  /** What a claim tells; by default the answer that was given to the change, or that nobody knows. */
  settle?(claim: Claim): Settled;
  /** Another controller that has the lock. */
  readonly lockHolder?: LockNote;
  /** Why it can't be reached; read at every connect. */
  readonly connectError?: ErrorInfo;
}

/** What a machine keeps between connections. */
interface MachineState {
  readonly incarnation: string;
  /** With their answer, once there is one. */
  readonly claims: Map<string, CommandResult | undefined>;
  /** The highest that was seen of each run. */
  readonly epochs: Map<string, number>;
  /** That since which claims of a run are kept. */
  readonly since: Map<string, number>;
  holder?: { readonly note: LockNote; readonly connection: Connection };
}

/** Hosts by name, each answering for itself; the contract of `Connection` is kept here, not left to the simulated host. */
export function createMemoryTransport(hosts: ReadonlyMap<string, SimulatedHost>): Transport {
  const machines = new Map<SimulatedHost, MachineState>();
  return {
    connect: (host: Host, _options, signal) => {
      const machine = hosts.get(host.name);
      if (signal.aborted) return Promise.resolve(err(CANCELLED));
      if (machine === undefined) return Promise.resolve(err(UNKNOWN_HOST));
      if (machine.connectError !== undefined) return Promise.resolve(err(machine.connectError));
      const state = machines.get(machine) ?? {
        incarnation: `simulated-${machines.size + 1}`,
        claims: new Map(),
        epochs: new Map(),
        since: new Map(),
      };
      machines.set(machine, state);
      return Promise.resolve(ok(new MemoryConnection(machine, state)));
    },
  };
}

class MemoryConnection implements Connection {
  readonly facts: HostFacts;
  readonly #machine: SimulatedHost;
  readonly #state: MachineState;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(machine: SimulatedHost, state: MachineState) {
    this.facts = machine.facts;
    this.#machine = machine;
    this.#state = state;
  }

  read(request: ReadRequest, signal: AbortSignal): Promise<CommandResult> {
    return this.#inTurn(() => {
      if (this.#closed) return endedWithoutOutput({ how: 'lost' });
      const { script, timeoutMs, asker } = request;
      return this.#ask({ script, effect: 'reads', timeoutMs, ...(asker !== undefined && { asker }), signal }, signal);
    });
  }

  change(request: ChangeRequest, signal: AbortSignal): Promise<CommandResult> {
    return this.#inTurn(() => {
      const { script, timeoutMs, claim, asker } = request;
      const name = claimName(claim);
      if (this.#closed) return UNSENT;
      if (this.#state.holder?.connection !== this) return notStarted('the host is not locked');
      if (this.#state.claims.has(name)) return notStarted('claimed');
      if (signal.aborted) return endedWithoutOutput({ how: 'cancelled', gone: true });
      this.#state.claims.set(name, undefined);
      const asking = asker === undefined ? {} : { asker };
      return this.#answered(name, { script, effect: 'changes', timeoutMs, claim, ...asking, signal }, signal);
    });
  }

  settle({ claim }: SettleRequest): Promise<Result<Settled, ErrorInfo>> {
    const name = claimName(claim);
    if (this.#closed) return Promise.resolve(err(CUT));
    if (this.#machine.settle !== undefined) return Promise.resolve(ok(this.#machine.settle(claim)));
    if (!this.#state.claims.has(name)) {
      const isKept = (this.#state.since.get(claim.runId) ?? Infinity) <= claim.epoch;
      return Promise.resolve(ok(isKept ? { state: 'not-started' } : { state: 'unknown', why: 'it was removed' }));
    }
    const answer = this.#state.claims.get(name);
    if (answer === undefined || answer.end.how === 'lost')
      return Promise.resolve(ok({ state: 'unknown', why: 'its end was not kept' }));
    return Promise.resolve(ok({ state: 'ended', answer }));
  }

  lock(note: LockNote, signal: AbortSignal): Promise<Result<Ledger, ErrorInfo>> {
    const holder = this.#state.holder;
    if (this.#closed) return Promise.resolve(err(CUT));
    if (signal.aborted) return Promise.resolve(err(CANCELLED));
    if (this.#machine.lockHolder !== undefined) return Promise.resolve(err(lockHeld(this.#machine.lockHolder)));
    if (holder !== undefined && holder.connection !== this) {
      if (holder.note.runId !== note.runId) return Promise.resolve(err(lockHeld(holder.note)));
      if (holder.note.host !== note.host) return Promise.resolve(err(SAME_MACHINE));
      if (holder.note.epoch >= note.epoch) return Promise.resolve(err(TAKEN_OVER));
    }
    if ((this.#state.epochs.get(note.runId) ?? 0) > note.epoch) return Promise.resolve(err(TAKEN_OVER));
    this.#state.epochs.set(note.runId, note.epoch);
    if (!this.#state.since.has(note.runId)) this.#state.since.set(note.runId, note.epoch);
    this.#state.holder = { note, connection: this };
    return Promise.resolve(ok({ incarnation: this.#state.incarnation, bootId: this.facts.boot_id }));
  }

  async dial(address: string, port: number, _signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    if (this.#machine.dial !== undefined) return this.#machine.dial(address, port);
    return err({ code: 'connection-refused', message: `nothing listens on ${address}:${port}` });
  }

  close(claims?: 'keep-claims'): Promise<boolean> {
    const { holder } = this.#state;
    const isTold = !this.#closed || holder?.connection !== this;
    if (holder?.connection === this) {
      if (!this.#closed && claims === undefined) this.#forget(holder.note.runId);
      delete this.#state.holder;
    }
    this.#closed = true;
    return Promise.resolve(isTold);
  }

  #forget(runId: string): void {
    const { claims, since } = this.#state;
    const own = [...claims].filter(([name]) => name.startsWith(`${runId}/`));
    if (own.some(([, answer]) => answer === undefined || answer.end.how === 'lost')) return;
    for (const [name] of own) claims.delete(name);
    since.delete(runId);
  }

  #inTurn(work: () => CommandResult | Promise<CommandResult>): Promise<CommandResult> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #answered(name: string, request: SimulatedRequest, signal: AbortSignal): Promise<CommandResult> {
    const answer = await this.#ask(request, signal);
    this.#state.claims.set(name, answer);
    return answer;
  }

  #ask(request: SimulatedRequest, signal: AbortSignal): Promise<CommandResult> | CommandResult {
    const cancelledEnd = endedWithoutOutput({ how: 'cancelled', gone: true });
    if (signal.aborted) return cancelledEnd;
    return new Promise((resolve, reject) => {
      const stop = () => resolve(cancelledEnd);
      signal.addEventListener('abort', stop, { once: true });
      Promise.resolve(this.#machine.respond(request))
        .then((answer) => {
          this.#closed ||= answer.end.how === 'lost';
          resolve(answer);
        }, reject)
        .finally(() => signal.removeEventListener('abort', stop));
    });
  }
}

const UNSENT: CommandResult = endedWithoutOutput({
  how: 'not-started',
  why: 'the connection is closed',
  unsent: true,
});

const notStarted = (why: string): CommandResult => endedWithoutOutput({ how: 'not-started', why });

const CANCELLED: ErrorInfo = { code: 'interrupted', message: 'cancelled' };

const CUT: ErrorInfo = { code: 'connection-lost', message: 'the connection is closed' };

const UNKNOWN_HOST: ErrorInfo = {
  code: 'address-unknown',
  message: 'no simulated host has this name',
  hint: 'Add it to the simulated hosts given to the memory transport.',
};
