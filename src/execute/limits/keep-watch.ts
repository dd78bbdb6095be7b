import { count } from '../../util/count.ts';
import type { Plan } from '../../model/plan.ts';
import type { Outcome } from '../../model/result.ts';
import type { Closed } from './gate.ts';

/** Knows how many hosts of the group of `keep` are healthy: found so by the survey, or since, and not being acted on. */
export class KeepWatch {
  readonly #keep: Plan['keep'];
  readonly #members: ReadonlySet<string>;
  readonly #healthy: Set<string>;

  /** `members`: those of the group that were selected. Others are not known, and so not healthy. */
  constructor(keep: Plan['keep'], members: ReadonlySet<string>, healthy: Iterable<string>) {
    this.#keep = keep;
    this.#members = members;
    this.#healthy = new Set([...healthy].filter((host) => members.has(host)));
  }

  mayStart(host: string): boolean {
    if (this.#keep === undefined || !this.#members.has(host)) return true;
    const others = this.#healthy.size - (this.#healthy.has(host) ? 1 : 0);
    return others >= this.#keep.healthy;
  }

  noteStart(host: string): void {
    this.#healthy.delete(host);
  }

  noteEnd(host: string, outcome: Outcome): void {
    if (this.#members.has(host) && (outcome === 'repaired' || outcome === 'healthy')) this.#healthy.add(host);
  }

  /** Why the hosts that may not be started will never be. */
  blocked(): Closed {
    const { healthy = 0, group = '' } = this.#keep ?? {};
    const reason = `keep wants ${count(healthy, 'other host')} of ${group} healthy, and ${this.#healthy.size} of ${this.#members.size} selected ${this.#healthy.size === 1 ? 'is' : 'are'}`;
    const hint = `Hosts that are left out are not known to be healthy: choose all of ${group}.`;
    return { reason, reached: { limit: 'keep', reason, hint } };
  }
}
