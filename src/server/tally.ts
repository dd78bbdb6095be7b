import type { RunFinished } from '../model/event.ts';
import type { OccurrenceRecord } from '../model/occurrence.ts';
import type { Outcome } from '../model/result.ts';
import type { HostCount, OccurrenceCount, RunCount } from './status.ts';

/** What has come to an end since the start of the process. */
export class Tally {
  readonly #occurrences = new Map<string, OccurrenceCount>();
  readonly #runs = new Map<string, RunCount>();
  readonly #hosts = new Map<Outcome, number>();

  get occurrences(): readonly OccurrenceCount[] {
    return [...this.#occurrences.values()];
  }

  get runs(): readonly RunCount[] {
    return [...this.#runs.values()];
  }

  get hosts(): readonly HostCount[] {
    return [...this.#hosts].map(([outcome, count]) => ({ outcome, count }));
  }

  /** What has no end yet does not count. */
  countRow({ schedule, state, count = 1 }: Pick<OccurrenceRecord, 'schedule' | 'state' | 'count'>): void {
    if (state === 'queued' || state === 'running') return;
    const key = `${schedule} ${state}`;
    const before = this.#occurrences.get(key)?.count ?? 0;
    this.#occurrences.set(key, { schedule, state, count: before + count });
  }

  countRun(runbook: string, { exitCode, counts }: Pick<RunFinished, 'exitCode' | 'counts'>): void {
    const key = `${runbook} ${exitCode}`;
    this.#runs.set(key, { runbook, exitCode, count: (this.#runs.get(key)?.count ?? 0) + 1 });
    for (const [outcome, count] of Object.entries(counts) as [Outcome, number][])
      this.#hosts.set(outcome, (this.#hosts.get(outcome) ?? 0) + count);
  }
}
