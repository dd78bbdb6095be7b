import { DatabaseSync } from 'node:sqlite';
import type { RunEvent } from '../model/event.ts';
import { EventRows } from './event-rows.ts';
import { tellsOfHost } from './host-runs.ts';
import { migrate } from './sqlite-schema.ts';

/** What is looked up of events, in words. */
const TABLES = {
  runs: 'its line in the history is not what its events say: it was edited, or its last events were removed',
  plans: 'its plan is not the one that its events tell of',
  attempts: 'what it tried on hosts is not what its events say',
  host_runs: 'what a report says of its hosts is not what its events say',
} as const;

const DERIVED: ReadonlySet<RunEvent['type']> = new Set([
  'run-started',
  'run-resumed',
  'plan-made',
  'attempt-begun',
  'host-finished',
  'run-finished',
]);

/** The rows that a run's events lead to, made anew in memory, to be compared with those that are there. */
export class DerivedRows {
  readonly #database = new DatabaseSync(':memory:');
  readonly #rows: EventRows;

  constructor() {
    migrate(this.#database);
    this.#rows = new EventRows(this.#database);
  }

  /** In order. False: it is not what such an event must be. */
  accept(event: RunEvent): boolean {
    if (!DERIVED.has(event.type) && !tellsOfHost(event)) return true;
    try {
      this.#rows.add(event);
      return true;
    } catch {
      return false;
    }
  }

  /** What differs from the tables of `database`, in words. */
  compare(database: DatabaseSync, runId: string): readonly string[] {
    const differing = Object.entries(TABLES).filter(([table]) => {
      const rows = `select * from ${table} where run_id = ? order by 1, 2`;
      const [there, expected] = [database, this.#database].map((each) => JSON.stringify(each.prepare(rows).all(runId)));
      return there !== expected;
    });
    return differing.map(([, message]) => message);
  }

  /** Begins anew, for the next run. */
  clear(): void {
    for (const table of [...Object.keys(TABLES), 'events']) this.#database.exec(`delete from ${table}`);
    this.#rows.forget();
  }
}
