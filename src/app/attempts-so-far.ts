import type { Attempt } from '../model/attempt.ts';
import type { Clock } from '../model/clock.ts';
import { attemptsSince } from '../model/cooldown.ts';
import type { Overrides } from '../model/event.ts';
import type { Runbook } from '../model/runbook.ts';
import type { Store } from '../model/store.ts';

/** What a runbook tried on machines so far, as its limits count it; none when a person set that aside. */
export function attemptsSoFar(
  { name, limits }: Pick<Runbook, 'name' | 'limits'>,
  { ignoreCooldown }: Overrides,
  { attempts, clock }: Pick<Store, 'attempts'> & { readonly clock: Clock },
): (machines: readonly string[]) => readonly Attempt[] {
  if (ignoreCooldown !== undefined) return () => [];
  return (machines) =>
    attempts({ runbook: name, machines: [...new Set(machines)], since: attemptsSince(limits, clock.now()) });
}
