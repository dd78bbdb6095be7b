import type { ComposedStep } from '../model/expand-step.ts';
import type { BoundHost } from '../model/host.ts';
import { machineOf } from '../model/machine.ts';
import type { Step } from '../model/runbook.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { CommandResult, Script } from '../model/script.ts';
import type { Become, ChangeRequest, Claim, Connection, Ledger, ReadRequest } from '../model/transport.ts';
import type { Result } from '../util/result.ts';
import { Breaks } from './breaks.ts';
import { HostClock } from './host-clock.ts';
import type { PauseWatch } from './pause-watch.ts';
import type { RunSetup } from './run-setup.ts';
import { Turns } from './turns.ts';
import type { Unanswered } from './unanswered.ts';

/** More connections than these no session makes to one host. */
const EPOCHS_PER_SESSION = 1_000_000;

/** How a connection to a host is made. */
export interface Reaching {
  /** Whom its shell has become. */
  readonly become: Become;
  /** Makes another connection to it, as the first one was made. */
  readonly reconnect: (signal: AbortSignal) => Promise<Result<Connection, ErrorInfo>>;
  /** Goes on through another connection than the one that broke: see `recover` of recover.ts. */
  readonly recover: (host: ConnectedHost) => Promise<string | undefined>;
}

/** A host with a connection of this run: one that the run is about, or one that only has steps delegated to it. */
export class ConnectedHost {
  readonly bound: BoundHost;
  /** As `machineOf` says. */
  readonly machine: string;
  readonly reconnect: Reaching['reconnect'];
  readonly breaks: Breaks;
  /** Of the hosts that change something here. */
  readonly turns = new Turns();
  /** Rises with each connection, and is higher than any of an earlier session of the run: see `LockNote`. */
  epoch: number;
  /** From the lock on. */
  ledger: Ledger | undefined;
  /** The step that restarts it was sent: that its connection breaks is no accident. */
  isRestarting = false;
  /** By execution, until its end is in the record: what may still run when the lock is taken anew, and keeps the claims there. */
  readonly unanswered = new Map<string, Unanswered>();
  /** Of the hosts of the run that something is done here for. */
  readonly watches = new Set<PauseWatch>();
  readonly #run: Pick<RunSetup, 'clock' | 'session'>;
  readonly #become: Become;
  readonly #recover: Reaching['recover'];
  #connection: Connection;
  #clock: HostClock;
  #delegated = 0;
  #hasChanges = false;
  #whyLost: string | undefined;
  #recovering: Promise<string | undefined> | undefined;

  constructor(
    run: Pick<RunSetup, 'clock' | 'session'>,
    bound: BoundHost,
    connection: Connection,
    { become, reconnect, recover }: Reaching,
  ) {
    this.bound = bound;
    this.machine = machineOf(connection.facts, connection.hostKey, bound.host.name);
    this.reconnect = reconnect;
    this.breaks = new Breaks(run.clock);
    this.epoch = (run.session ?? 1) * EPOCHS_PER_SESSION;
    this.#run = run;
    this.#become = become;
    this.#recover = recover;
    this.#connection = connection;
    this.#clock = new HostClock(run.clock, connection.facts.time);
  }

  get connection(): Connection {
    return this.#connection;
  }

  get clock(): HostClock {
    return this.#clock;
  }

  get name(): string {
    return this.bound.host.name;
  }

  /** The connection broke, and there is no other. */
  get isLost(): boolean {
    return this.#whyLost !== undefined;
  }

  /** In words, why there is no other. */
  get whyLost(): string | undefined {
    return this.#whyLost;
  }

  /** A change was sent to it. */
  get hasChanges(): boolean {
    return this.#hasChanges;
  }

  request(step: Step, script: Script, { timeoutMs, lap }: Pick<ComposedStep, 'timeoutMs' | 'lap'>): ReadRequest {
    const deadline = script.timeoutMs ?? timeoutMs;
    return { script, timeoutMs: deadline, ...this.becoming(step), asker: { step: step.id, lap } };
  }

  /** The user that a step runs as, where that is another one than the shell's. */
  becoming({ become }: Pick<Step, 'become'>): { readonly become?: Become } {
    return become === this.#become ? {} : { become };
  }

  /** As `askAgain`. */
  async read(request: ReadRequest, signal: AbortSignal): Promise<CommandResult> {
    const ask = (connection: Connection): Promise<CommandResult> => connection.read(request, signal);
    const { answer, why } = await this.askAgain(ask, isLost, signal);
    return why === undefined ? answer : { ...answer, end: { how: 'lost', why } };
  }

  /**
   * What is asked through the connection, without changing anything: asked again as often as the connection broke and could be made
   * again. `why`: there is still no answer, in words. Not once `signal` is aborted.
   */
  async askAgain<T>(
    ask: (connection: Connection) => Promise<T>,
    isLost: (answer: T) => boolean,
    signal: AbortSignal,
  ): Promise<{ readonly answer: T; readonly why?: string }> {
    for (;;) {
      const connection = this.#connection;
      const answer = await ask(connection);
      if (!isLost(answer) || signal.aborted) return { answer };
      const why = await this.recover(connection);
      if (why !== undefined) return { answer, why };
    }
  }

  /** Not sent again: what `lost` means is for its claim to tell, and `unsent` may be sent once more under another claim. */
  async change(
    { claim, ...request }: Omit<ChangeRequest, 'claim'> & { readonly claim: Omit<Claim, 'epoch'> },
    signal: AbortSignal,
  ): Promise<CommandResult> {
    await this.#recovering;
    const answer = await this.#connection.change({ ...request, claim: { ...claim, epoch: this.epoch } }, signal);
    this.#hasChanges ||= answer.end.how !== 'not-started' || answer.end.unsent !== true;
    if (answer.end.how === 'lost' && this.isRestarting) this.#whyLost ??= 'the host is being restarted';
    return answer;
  }

  /**
   * What is to be done when a connection broke: another one is made, once for all who noticed. In words, why there is none; undefined: it
   * goes on, through `connection`. What is asked through the broken one after that may still end `lost`.
   */
  async recover(broken: Connection): Promise<string | undefined> {
    if (this.isRestarting) return 'the host is being restarted';
    this.#recovering ??= this.#whyLost === undefined && broken === this.#connection ? this.#begin() : undefined;
    await this.#recovering;
    return this.#whyLost;
  }

  /** All goes on through this connection. */
  async replace(connection: Connection): Promise<void> {
    const former = this.#connection;
    this.#connection = connection;
    this.epoch += 1;
    this.#clock = new HostClock(this.#run.clock, connection.facts.time);
    await former.close();
  }

  /** The same after a restart. The lock of the former connection is gone, and what was found here is outdated. */
  async renew(connection: Connection): Promise<void> {
    await this.replace(connection);
    this.ledger = undefined;
    this.#whyLost = undefined;
    for (const watch of this.watches) watch.outdated();
  }

  /** Numbers of what is delegated to it go on after this one. */
  countFrom(delegated: number): void {
    this.#delegated = Math.max(this.#delegated, delegated);
  }

  /** Counts what is delegated to it, whoever delegates: two of them may give their steps the same number. */
  nextDelegated(): number {
    this.#delegated += 1;
    return this.#delegated;
  }

  async #begin(): Promise<string | undefined> {
    try {
      this.#whyLost = await this.#recover(this);
      return this.#whyLost;
    } finally {
      this.#recovering = undefined;
    }
  }
}

/** Nothing was sent when the connection was gone before. */
function isLost({ end }: CommandResult): boolean {
  return end.how === 'lost' || (end.how === 'not-started' && end.unsent === true);
}
