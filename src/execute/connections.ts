import type { ErrorInfo } from '../model/error.ts';
import type { BoundHost } from '../model/host.ts';
import type { Step } from '../model/runbook.ts';
import type { Become, Connection } from '../model/transport.ts';
import type { Result } from '../util/result.ts';
import { ConnectedHost, type Reaching } from './connected-host.ts';
import { closeHost } from './close-host.ts';
import { recover } from './recover.ts';
import type { RecordedRun, RunSetup } from './run-setup.ts';

export type Connecting =
  | { readonly state: 'connected'; readonly host: ConnectedHost }
  | { readonly state: 'unreachable'; readonly error: ErrorInfo }
  | { readonly state: 'interrupted' };

const SECOND_TRY_AFTER_MS = 500;

/**
 * The connections of a run: one for each host that it is about, and one for each other host to which steps are delegated, made once
 * whoever asks. One is closed, which frees its lock, when no host of the run that has not ended needs it.
 */
export class Connections {
  readonly #run: RecordedRun;
  readonly #bound: ReadonlyMap<string, BoundHost>;
  readonly #made = new Map<string, Promise<Connecting>>();
  readonly #closing = new Map<string, Promise<void>>();
  /** Hosts of the run that have not ended, by the name of a host that they need. */
  readonly #users = new Map<string, Set<string>>();

  constructor(run: RecordedRun) {
    this.#run = run;
    const { hosts, delegates = [] } = run;
    this.#bound = new Map([...delegates, ...hosts].map((bound) => [bound.host.name, bound]));
    for (const { host, delegates: others = [] } of hosts) {
      for (const name of [host.name, ...others.map((other) => other.name)]) {
        this.#users.set(name, (this.#users.get(name) ?? new Set()).add(host.name));
      }
    }
  }

  /** Nothing is written on the host. What came of it is recorded. */
  async to(name: string): Promise<Connecting> {
    const made = this.#made.get(name) ?? this.#connect(name);
    this.#made.set(name, made);
    return made;
  }

  /** The host of the run has ended. */
  async release(user: string): Promise<void> {
    const free = [...this.#users].flatMap(([name, users]) => (users.delete(user) && users.size === 0 ? [name] : []));
    await Promise.all(free.map((name) => this.#close(name)));
  }

  /** Frees all locks, too. Never throws. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#made.keys()].map((name) => this.#close(name)));
  }

  async #connect(name: string): Promise<Connecting> {
    const run = this.#run;
    const bound = this.#bound.get(name);
    if (bound === undefined) throw new Error(`${name} is no host that steps may be delegated to`);
    if (run.stop.aborted) return { state: 'interrupted' };
    run.recorder.check();
    const { host, secrets } = bound;
    const become = run.hosts.includes(bound) ? run.runbook.become : becomeOfDelegated(run);
    const options = { become, connectTimeoutMs: run.connectTimeoutMs, secrets };
    const connect = (signal: AbortSignal) => run.transportOf(host).connect(host, options, signal);
    const connected = await connectTwice(run, connect);
    if (connected.ok) {
      const { facts, chosen, learned } = connected.value;
      const said = { ...(chosen !== undefined && { chosen }), ...(learned !== undefined && { learned }) };
      run.recorder.note({ type: 'host-connected', host: name, facts, ...said });
      return {
        state: 'connected',
        host: new ConnectedHost(run, bound, connected.value, {
          become,
          reconnect: connect,
          recover: (broken) => recover(run, broken),
        }),
      };
    }
    if (run.stop.aborted) return { state: 'interrupted' };
    await run.recorder.commit({ type: 'host-unreachable', host: name, error: connected.error });
    return { state: 'unreachable', error: connected.error };
  }

  #close(name: string): Promise<void> {
    const closing = this.#closing.get(name) ?? this.#closeOnce(name);
    this.#closing.set(name, closing);
    return closing;
  }

  async #closeOnce(name: string): Promise<void> {
    const made = await this.#made.get(name)?.catch(() => undefined);
    if (made?.state === 'connected') await closeHost(this.#run, made.host);
  }
}

/** A connection that was there and broke while it was made tells little of the host: it is made once more. */
async function connectTwice(
  { clock, stop }: Pick<RunSetup, 'clock' | 'stop'>,
  connect: Reaching['reconnect'],
): Promise<Result<Connection, ErrorInfo>> {
  const first = await connect(stop);
  if (first.ok || first.error.code !== 'connection-lost') return first;
  await clock.sleep(SECOND_TRY_AFTER_MS, stop);
  return stop.aborted ? first : connect(stop);
}

/** Whom the steps that are delegated become, where that is one user: who may log in there need not be able to become root. */
function becomeOfDelegated({ runbook }: Pick<RunSetup, 'runbook'>): Become {
  const { diagnose, fix, verify, rollback } = runbook;
  const steps = [...diagnose, ...fix, ...(verify?.steps ?? []), ...rollback].flatMap(withUndo);
  const wanted = new Set(steps.filter(({ delegate }) => delegate !== undefined).map(({ become }) => become));
  const [only] = wanted;
  return wanted.size === 1 && only !== undefined ? only : runbook.become;
}

function withUndo(step: Step): readonly Step[] {
  return step.undo.kind === 'steps' ? [step, ...step.undo.steps] : [step];
}
