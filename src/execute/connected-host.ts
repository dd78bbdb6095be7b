import type { ComposedStep } from '../model/expand-step.ts';
import type { BoundHost } from '../model/host.ts';
import { machineOf } from '../model/machine.ts';
import type { Step } from '../model/runbook.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { CommandResult, Script } from '../model/script.ts';
import type { Become, ChangeRequest, Connection, Ledger, ReadRequest } from '../model/transport.ts';
import type { Result } from '../util/result.ts';
import { HostClock } from './host-clock.ts';
import type { PauseWatch } from './pause-watch.ts';
import type { RunSetup } from './run-setup.ts';
import { Turns } from './turns.ts';

/** More connections than these no session makes to one host. */
const EPOCHS_PER_SESSION = 1_000_000;

/** A host with a connection of this run: one that the run is about, or one that only has steps delegated to it. */
export class ConnectedHost {
  readonly bound: BoundHost;
  /** As `machineOf` says. */
  readonly machine: string;
  /** Makes another connection to it, as the first one was made. */
  readonly reconnect: Reconnect;
  /** Of the hosts that change something here. */
  readonly turns = new Turns();
  /** Rises with each connection, and is higher than any of an earlier session of the run: see `LockNote`. */
  epoch: number;
  /** From the lock on. */
  ledger: Ledger | undefined;
  /** The connection broke. */
  isLost = false;
  /** Of the hosts of the run that something is done here for. */
  readonly watches = new Set<PauseWatch>();
  readonly #run: Pick<RunSetup, 'clock' | 'session'>;
  /** Whom its shell has become. */
  readonly #become: Become;
  #connection: Connection;
  #clock: HostClock;
  #delegated = 0;

  constructor(
    run: Pick<RunSetup, 'clock' | 'session'>,
    bound: BoundHost,
    connection: Connection,
    { become, reconnect }: { readonly become: Become; readonly reconnect: Reconnect },
  ) {
    this.bound = bound;
    this.machine = machineOf(connection.facts, connection.hostKey, bound.host.name);
    this.reconnect = reconnect;
    this.epoch = (run.session ?? 1) * EPOCHS_PER_SESSION;
    this.#run = run;
    this.#become = become;
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

  request(step: Step, script: Script, { timeoutMs, lap }: Pick<ComposedStep, 'timeoutMs' | 'lap'>): ReadRequest {
    const deadline = script.timeoutMs ?? timeoutMs;
    const become = step.become === this.#become ? {} : { become: step.become };
    return { script, timeoutMs: deadline, ...become, asker: { step: step.id, lap } };
  }

  async read(request: ReadRequest, signal: AbortSignal): Promise<CommandResult> {
    const connection = this.#connection;
    return this.#noted(connection, await connection.read(request, signal));
  }

  async change(request: ChangeRequest, signal: AbortSignal): Promise<CommandResult> {
    const connection = this.#connection;
    return this.#noted(connection, await connection.change(request, signal));
  }

  /** It was restarted: all goes on through this connection. The lock of the former one is gone, and what was found here is outdated. */
  async renew(connection: Connection): Promise<void> {
    await this.#connection.close();
    this.#connection = connection;
    this.epoch += 1;
    this.#clock = new HostClock(this.#run.clock, connection.facts.time);
    this.ledger = undefined;
    this.isLost = false;
    for (const watch of this.watches) watch.outdated();
  }

  /** Counts what is delegated to it, whoever delegates: two of them may give their steps the same number. */
  nextDelegated(): number {
    this.#delegated += 1;
    return this.#delegated;
  }

  /** What was asked before a restart may end after it: it tells nothing of the connection since. */
  #noted(connection: Connection, answer: CommandResult): CommandResult {
    if (connection === this.#connection) this.isLost ||= answer.end.how === 'lost';
    return answer;
  }
}

type Reconnect = (signal: AbortSignal) => Promise<Result<Connection, ErrorInfo>>;
