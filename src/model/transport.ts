import type { Duplex } from 'node:stream';
import type { Result } from '../util/result.ts';
import type { Secret } from '../util/secret.ts';
import type { ErrorInfo } from './error.ts';
import type { Host, HostFacts, HostSecrets } from './host.ts';
import type { CommandResult, Script } from './script.ts';

/** `false`: as the login user; `true`: root; a name: that user. */
export type Become = boolean | string;

export interface ConnectOptions {
  readonly become: Become;
  readonly connectTimeoutMs: number;
  /** Each is written only after a prompt of its own was seen, once; never argv, environment, or log. */
  readonly secrets: HostSecrets<Secret>;
}

/**
 * One way of reaching hosts. `connect` never throws for what a network or a host does; it retries only what surely was not
 * an answer of the host (dropped before the handshake), never a rejected authentication. Aborting `signal` settles it promptly.
 */
export interface Transport {
  connect(host: Host, options: ConnectOptions, signal: AbortSignal): Promise<Result<Connection, ErrorInfo>>;
}

/**
 * One connection to one host with one long-lived shell on it, already the user that `become` names.
 * Calls may overlap: they are sent at once and run on the host one after another. Nothing here throws for what a host does.
 */
export interface Connection {
  readonly facts: HostFacts;
  /** What carries it, when that was not the inventory's choice: `openssh, because its key is vouched for by a certificate`. */
  readonly chosen?: string;
  /** The fingerprint of the host key that was verified, as OpenSSH writes it: `SHA256:...`. Absent where there is none. */
  readonly hostKey?: string;
  /** What was unknown and is believed from now on, in words: its own host key, and those of jump hosts reached for it first. */
  readonly learned?: readonly string[];

  /**
   * Runs a script that only reads. It writes nothing on the host, is not claimed, and dies with its deadline.
   * Aborting `signal` kills it. Not retried here: `lost` may be asked again by the caller.
   */
  read(request: ReadRequest, signal: AbortSignal): Promise<CommandResult>;

  /**
   * Runs a script that changes the host, once: it is claimed on the host under `claim` before it starts, outlives the
   * connection, and has its deadline on the host. A second call with the same claim starts nothing: `not-started`, "claimed".
   * Only after `lock`.
   */
  change(request: ChangeRequest, signal: AbortSignal): Promise<CommandResult>;

  /**
   * Makes the ledger on the host and takes its lock; held until `close` and freed by the host's kernel if we die. Waits for nobody but
   * ourselves: where an earlier connection of the same run and host, with a lower epoch, left a change that still runs, `awaits` is told
   * which and its end is awaited, bounded by its own deadline on the host; then the shell of that connection is ended, so that nothing
   * that it was sent can begin any more. Aborting ends the waiting: `interrupted`. An epoch lower than the host has seen of this run, or that of the connection that has
   * the lock: `refused`. What can't be ended there, or another run: `lock-held`. The same run under another name: `same-machine`.
   */
  lock(
    note: LockNote,
    signal: AbortSignal,
    awaits?: (claim: Pick<Claim, 'step' | 'attempt'>) => void,
  ): Promise<Result<Ledger, ErrorInfo>>;

  /**
   * What became of a change whose answer never came, as its claim tells it. Changes nothing, and may be asked again. Only after `lock`,
   * since which nothing of an earlier connection can begin. `connection-lost` when the host cannot be asked.
   */
  settle(request: SettleRequest, signal: AbortSignal): Promise<Result<Settled, ErrorInfo>>;

  /** A byte stream to a TCP port as seen from the host itself. */
  dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>>;

  /**
   * Frees the lock, removes this run's claims when all of them were answered, and closes. Never throws; bounded to 5 s. `keep-claims`: the
   * record lacks the end of one of them, and whoever resumes the run will ask for it. False: the connection was lost before the host said
   * that this was done there, so that the lock and the claims may be left.
   */
  close(claims?: 'keep-claims'): Promise<boolean>;
}

export interface ReadRequest {
  readonly script: Script;
  readonly timeoutMs: number;
  readonly become?: Become;
  /** On whose behalf, for a connection that keeps or plays a record; no other one looks at it. */
  readonly asker?: Asker;
}

/** One step, or one item of its loops. */
export interface Asker {
  readonly step: string;
  /** Which item of each loop around it, outermost first: `0.2`; empty outside of loops. */
  readonly lap: string;
}

export interface ChangeRequest extends ReadRequest {
  readonly claim: Claim;
}

export interface SettleRequest {
  /** With the epoch under which it was sent: where the run is known for a shorter time, its absence is `unknown`. */
  readonly claim: Claim;
  /** As the change was sent: another user's changes are claimed in a ledger of his own. */
  readonly become?: Become;
}

/** `ended`: what it would have answered. `unknown`: it began, and nobody can say how it ended; nothing of it runs any more unless `why` says so. */
export type Settled =
  | { readonly state: 'not-started' }
  | { readonly state: 'ended'; readonly answer: CommandResult }
  | { readonly state: 'unknown'; readonly why: string };

/** Names one start of one step: unique, and safe as the name of a directory. */
export interface Claim {
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
  readonly epoch: number;
}

export interface LockNote {
  readonly runId: string;
  /** The name that the run has for the host: a machine with two names is told from an earlier connection of ours. */
  readonly host: string;
  /** Of this connection: higher than that of any earlier one of the run to this host. Each claim made through it has the same. */
  readonly epoch: number;
  readonly runbook: string;
  readonly by: string;
  /** RFC 3339. */
  readonly since: string;
}

/** What the intent must hold before a changing step is sent. */
export interface Ledger {
  /** Random, made on first use: two hosts of one run with the same incarnation are one machine. */
  readonly incarnation: string;
  readonly bootId: string;
  /** Nothing there could take a lock of the kernel's: a directory stands for it, which the next run takes over from the dead. */
  readonly lease?: boolean;
}
