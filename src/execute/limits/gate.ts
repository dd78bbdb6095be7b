import { count } from '../../util/count.ts';
import { formatDuration } from '../../util/duration.ts';
import type { Clock } from '../../model/clock.ts';
import type { LimitReached } from '../../model/event.ts';
import { INTERRUPTED } from '../interrupt.ts';
import { isFailure, type Turn } from './turn.ts';

export interface GateOptions {
  readonly maxFailures: number;
  /** The rule of the site that sets it, in words. */
  readonly maxFailuresBy?: string | undefined;
  readonly runTimeoutMs: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** Why no new host is started. Without a limit it is the interrupt, which has an event of its own. */
export interface Closed {
  readonly reason: string;
  readonly reached?: Pick<LimitReached, 'limit' | 'reason' | 'hint'>;
}

const MOST_NAMES = 3;

/** Tells before each host whether it may be started. Once closed it stays closed. */
export class Gate {
  readonly #options: GateOptions;
  readonly #monotonic: number;
  readonly #wall: number;
  readonly #failed: string[] = [];
  #isProven = false;
  #hasCanaryFailed = false;

  /** `run_timeout` begins now. */
  constructor(options: GateOptions) {
    this.#options = options;
    this.#monotonic = options.clock.monotonic();
    this.#wall = options.clock.now();
  }

  note(host: string, turn: Turn): void {
    if (isFailure(turn)) this.#failed.push(host);
    else if (turn.attempted) this.#isProven = true;
  }

  /** All hosts of a batch have ended. While nothing has worked anywhere, a failure is enough: more hosts would tell nothing new. */
  noteBatch(): void {
    this.#hasCanaryFailed ||= !this.#isProven && this.#failed.length > 0;
  }

  closed(): Closed | undefined {
    const { stop, maxFailures, maxFailuresBy, runTimeoutMs } = this.#options;
    if (stop.aborted) return { reason: INTERRUPTED };
    if (this.#failed.length >= maxFailures) {
      const by = maxFailuresBy === undefined ? '' : `, as ${maxFailuresBy} says`;
      return this.#tooManyFailed(`max_failures is ${maxFailures}${by}`);
    }
    if (this.#hasCanaryFailed) return this.#tooManyFailed('it has worked on no host yet');
    if (this.#elapsed() >= runTimeoutMs) return tooLong(runTimeoutMs);
    return undefined;
  }

  #tooManyFailed(why: string): Closed {
    const { length } = this.#failed;
    const shown = this.#failed.slice(0, MOST_NAMES).join(', ');
    const names = length > MOST_NAMES ? `${shown} and ${length - MOST_NAMES} more` : shown;
    const reason = `${count(length, 'host')} failed (${names}), and ${why}`;
    return closedBy('max_failures', reason, `Find out why before it goes to the others: look at ${shown}.`);
  }

  /** A suspended machine shows only on the wall clock, a clock that was set only on the other. */
  #elapsed(): number {
    const { clock } = this.#options;
    return Math.max(clock.monotonic() - this.#monotonic, clock.now() - this.#wall);
  }
}

function tooLong(runTimeoutMs: number): Closed {
  const reason = `the run has taken longer than run_timeout allows: ${formatDuration(runTimeoutMs)}`;
  return closedBy('run_timeout', reason, 'Run it again for the rest, or give it more time with run_timeout.');
}

function closedBy(limit: LimitReached['limit'], reason: string, hint: string): Closed {
  return { reason, reached: { limit, reason, hint } };
}
