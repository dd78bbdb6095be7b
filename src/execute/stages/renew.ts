import type { Step } from '../../model/runbook.ts';
import type { Binding } from './binding.ts';
import { fixInterrupted, fixLost, type FixEnd } from './fix-end.ts';
import type { HostRun } from '../host-run.ts';
import { adoptSeen } from '../resume/adopt-seen.ts';
import type { Seen } from '../resume/past-item.ts';
import { retest, type Retested } from './retest.ts';
import { isFound } from './served.ts';

const EVERY_MS = 2000;

/** Reads the diagnosis anew where that is due: before a step that says `retest`, or when the host was left alone for more than 60 s. */
export class Renewal {
  readonly #host: HostRun;
  readonly #binding: Binding | undefined;
  /** What was read last, and how long it was waited for, as long as nothing is sent after it. */
  #last: { readonly sent: number; readonly patienceMs: number } | undefined;
  #end: FixEnd | undefined;
  #renewals = 0;
  #seen: Seen | undefined;

  constructor(host: HostRun, binding: Binding | undefined) {
    this.#host = host;
    this.#binding = binding;
    // The stage before has just read it.
    this.#last = { sent: host.executions, patienceMs: 0 };
  }

  /** How the fix phase ends by what was read within a step. */
  get end(): FixEnd | undefined {
    return this.#end;
  }

  /** How often it was read anew within a step. */
  get renewals(): number {
    return this.#renewals;
  }

  /** As `before`, when a pause within the step was so long that it must begin again. */
  async within(step: Step): Promise<FixEnd | undefined> {
    this.#renewals += 1;
    this.#end = await this.before(step);
    return this.#end;
  }

  /** What a former session of the run saw before its next item is what expressions see. */
  recall(): void {
    const seen = this.#host.past?.fix.next?.seen;
    if (seen === undefined || seen === this.#seen) return;
    this.#seen = seen;
    this.#renewals += 1;
    adoptSeen(this.#host, seen, this.#binding);
  }

  /** Returns how the fix phase ends when it may not go on. Of what a former session did, nothing is read anew. */
  async before(step: Step): Promise<FixEnd | undefined> {
    const host = this.#host;
    const { past } = host;
    if (past?.fix.next !== undefined) {
      this.recall();
      return undefined;
    }
    if (past?.goesBack === true) return { end: 'failed', reason: past.why };
    const paused = host.watch.paused();
    if (step.retest === false) return paused ? judge(host, await retest(host, this.#binding)) : undefined;
    const patience = step.retest.evaluate(host.scope());
    if (!patience.ok) return { end: 'failed', reason: `${step.id}: retest: ${patience.error.message}` };
    const fresh = !paused && this.#last?.sent === host.executions && patience.value <= this.#last.patienceMs;
    if (fresh) return undefined;
    const end = await this.#waitUntilGone(step, patience.value);
    this.#last = { sent: host.executions, patienceMs: patience.value };
    return end;
  }

  async #waitUntilGone(step: Step, patienceMs: number): Promise<FixEnd | undefined> {
    const host = this.#host;
    const { clock, stop } = host.run;
    const deadline = clock.monotonic() + patienceMs;
    for (;;) {
      const remaining = deadline - clock.monotonic();
      const end = judge(host, await retest(host, this.#binding));
      if (end !== undefined) return end;
      if (!isFound(step, host.findings) || remaining <= 0) return undefined;
      await clock.sleep(Math.min(EVERY_MS, remaining), stop);
    }
  }
}

/** In the middle of a fix a diagnosis that finds less is good news; what stands against going on begins the rollback. */
function judge(host: HostRun, { end, reason }: Retested): FixEnd | undefined {
  switch (end) {
    case 'lost':
      return fixLost(host, reason);
    case 'interrupted':
      return fixInterrupted(host);
    case 'blocked':
    case 'plan-void':
    case 'not-applicable':
      return { end: 'failed', reason };
    case 'undetermined':
      return blockUnclear(host) ? { end: 'failed', reason } : undefined;
    case 'sick':
    case 'healthy':
    case 'unserved':
      return undefined;
  }
}

function blockUnclear(host: HostRun): boolean {
  if (host.reports.length === 0) return true;
  return host.reports.some(({ severity, state }) => severity === 'blocks' && state === 'undetermined');
}
