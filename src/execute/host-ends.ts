import type { ErrorInfo } from '../model/error.ts';
import type { HostFinished, LimitReached, RunFinished } from '../model/event.ts';
import { exitCodeOf } from '../model/exit-code.ts';
import type { Outcome } from '../model/result.ts';
import type { HostRun } from './host-run.ts';
import { signalOf, type Interrupt } from './interrupt.ts';
import type { RunContext } from './run-context.ts';

/** How a host ended, and why in one line for people. */
export interface HostEnd {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly error?: ErrorInfo;
  /** The run was interrupted in the middle of it. */
  readonly interrupted?: true;
}

const EXIT_CODE_OF: Readonly<Record<Interrupt, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, freeze: 16 };

/** Records how each host ends, once each, and from that how the run does. */
export class HostEnds {
  readonly #run: RunContext;
  readonly #begun: number;
  readonly #ends = new Map<string, RunFinished['hosts'][string]>();
  #isStopped = false;

  /** The run begins now. */
  constructor(run: RunContext) {
    this.#run = run;
    this.#begun = run.clock.monotonic();
  }

  has(host: string): boolean {
    return this.#ends.has(host);
  }

  /** Undefined: it has not ended. */
  outcomeOf(host: string): Outcome | undefined {
    return this.#ends.get(host)?.outcome;
  }

  count(outcome: Outcome): number {
    return [...this.#ends.values()].filter((end) => end.outcome === outcome).length;
  }

  /** Records the end of a host and closes the connections that nobody else needs, which frees their locks. */
  async add(host: string, { outcome, reason, error, interrupted }: HostEnd, connected?: HostRun): Promise<void> {
    if (this.#ends.has(host)) throw new Error(`${host} ended twice`);
    const changes = connected?.changes ?? 0;
    this.#ends.set(host, { outcome, reason, changes });
    await this.#run.recorder.commit({
      type: 'host-finished',
      host,
      outcome,
      reason,
      ...(error !== undefined && { error }),
      findings: connected?.reports ?? [],
      changes,
      ...(interrupted === true && { interrupted }),
    });
    await this.#run.connections.release(host);
  }

  /** A former session of the run has recorded its end. */
  async keep({ host, outcome, reason, changes }: HostFinished): Promise<void> {
    this.#ends.set(host, { outcome, reason, changes });
    await this.#run.connections.release(host);
  }

  /** Records that a limit stops the run. */
  async stopBy({ limit, reason, hint }: Omit<LimitReached, 'type'>): Promise<void> {
    this.#isStopped = true;
    await this.#run.recorder.commit({ type: 'limit-reached', limit, reason, ...(hint !== undefined && { hint }) });
  }

  /** Records the end of the run. The exit code of an interrupt stands alone. */
  finish(): Promise<RunFinished> {
    const { clock, stop, recorder } = this.#run;
    const outcomes = [...this.#ends.values()].map(({ outcome }) => outcome);
    const counts: Partial<Record<Outcome, number>> = {};
    for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return recorder.commit({
      type: 'run-finished',
      exitCode: stop.aborted ? EXIT_CODE_OF[signalOf(stop)] : exitCodeOf(outcomes, this.#isStopped),
      durationMs: Math.round(clock.monotonic() - this.#begun),
      counts,
      hosts: Object.fromEntries(this.#ends),
    });
  }
}
