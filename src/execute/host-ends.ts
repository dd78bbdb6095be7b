import type { RunFinished } from '../model/event.ts';
import { exitCodeOf } from '../model/exit-code.ts';
import type { Outcome } from '../model/result.ts';

type HostSummary = RunFinished['hosts'][string];

/** How each host ended: once each, and together the run's end. */
export class HostEnds {
  readonly #ends = new Map<string, HostSummary>();

  has(host: string): boolean {
    return this.#ends.has(host);
  }

  count(outcome: Outcome): number {
    return [...this.#ends.values()].filter((end) => end.outcome === outcome).length;
  }

  add(host: string, end: HostSummary): void {
    if (this.#ends.has(host)) throw new Error(`${host} ended twice`);
    this.#ends.set(host, end);
  }

  /** `stopped`: a limit was reached. `signal`: what interrupted the run, whose exit code stands alone. */
  finish(durationMs: number, stopped: boolean, signal: Interrupt | undefined): RunFinished {
    const outcomes = [...this.#ends.values()].map(({ outcome }) => outcome);
    const counts: Partial<Record<Outcome, number>> = {};
    for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return {
      type: 'run-finished',
      exitCode: signal === undefined ? exitCodeOf(outcomes, stopped) : INTERRUPTED[signal],
      durationMs: Math.round(durationMs),
      counts,
      hosts: Object.fromEntries(this.#ends),
    };
  }
}

const INTERRUPTED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Interrupt = keyof typeof INTERRUPTED;

/** The name of the signal that `stop` was aborted with. */
export function signalOf(stop: AbortSignal): Interrupt {
  const reason: unknown = stop.reason;
  return reason === 'SIGTERM' || reason === 'SIGHUP' ? reason : 'SIGINT';
}
