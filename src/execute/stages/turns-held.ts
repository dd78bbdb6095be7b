import { delegateOf } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import { lapsOf } from '../../model/loops.ts';
import type { Step } from '../../model/runbook.ts';
import type { ConnectedHost } from '../connected-host.ts';
import type { HostRun } from '../host-run.ts';

/**
 * The turns that a host has taken for the step it is at, before its findings are made anew: to wait for others is a pause. All are
 * taken in the order of names, so that no two hosts wait for each other.
 */
export class TurnsHeld {
  readonly #host: HostRun;
  #held: readonly ConnectedHost[] = [];

  constructor(host: HostRun) {
    this.#host = host;
  }

  /** Gives back those of the step before, and waits for those of this one. */
  async takeFor(step: Step, scope: Scope): Promise<void> {
    this.leave();
    if (step.effect === 'reads') return;
    for (const at of whereItIsCarriedOut(this.#host, step, scope)) {
      await at.turns.take(this.#host);
      this.#held = [...this.#held, at];
    }
  }

  leave(): void {
    const held = this.#held;
    this.#held = [];
    for (const at of held) at.turns.leave();
  }
}

/** As far as it can be told now: what cannot fails when it is composed. */
function whereItIsCarriedOut(host: HostRun, step: Step, scope: Scope): readonly ConnectedHost[] {
  const laps = lapsOf(step.loop === undefined ? [] : [{ list: step.loop }], scope);
  const names = (laps.ok ? laps.value : []).flatMap((lap) => {
    const delegate = delegateOf(step, lap);
    return delegate.ok ? [delegate.value ?? host.name] : [];
  });
  const known = new Set([host.name, ...(host.bound.delegates ?? []).map(({ name }) => name)]);
  const wanted = [...new Set(names)].filter((name) => known.has(name)).toSorted();
  return wanted.map((name) => host.at(name === host.name ? {} : { on: name }));
}
