import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FindingsEvaluated, HostFinished, PlanMade, RunEvent, Stamp } from '../model/event.ts';
import type { Deed, FoundFinding, PlannedDeed } from '../model/finished-run.ts';
import type { StepEnded } from '../model/step-event.ts';

const TYPES: ReadonlySet<RunEvent['type']> = new Set([
  'findings-evaluated',
  'plan-made',
  'step-ended',
  'host-finished',
]);

/** Pure: whether the event is one that a row of `host_runs` rests on. */
export function tellsOfHost(event: RunEvent): boolean {
  return event.type === 'step-ended' ? hasChanged(event) : TYPES.has(event.type);
}

/** Writes a row for each host of a run, as its events come. The caller has begun a transaction. */
export class HostRuns {
  readonly #write: Writes;

  constructor(database: DatabaseSync) {
    this.#write = prepareWrites(database);
  }

  /** An event that does not tell of a host, or is of an exec, changes nothing. */
  add(event: RunEvent): void {
    switch (event.type) {
      case 'findings-evaluated':
        this.#addFindings(event);
        break;
      case 'plan-made':
        this.#addPlan(event);
        break;
      case 'step-ended':
        if (hasChanged(event)) this.#write.done.run(JSON.stringify(deedOf(event)), event.runId, event.host);
        break;
      case 'host-finished':
        this.#addEnd(event);
        break;
      default:
    }
  }

  #addFindings({ runId, host, machine, at, seq, findings }: Stamp & FindingsEvaluated): void {
    const found = JSON.stringify(findings.filter(({ state }) => state !== 'absent').map(foundOf));
    const isFirst = this.#write.survey.run(runId, host, machine ?? null, at, seq, found).changes === 1;
    if (!isFirst) this.#write.last.run(machine ?? null, at, seq, found, runId, host);
  }

  #addPlan({ runId, plan }: Stamp & PlanMade): void {
    for (const { host, steps } of plan.hosts) {
      const planned: readonly PlannedDeed[] = steps
        .filter(({ command }) => command.kind === 'exact' || command.kind === 'unknown-until')
        .map(({ id, name }) => ({ step: id, name }));
      if (planned.length > 0) this.#write.planned.run(JSON.stringify(planned), runId, host);
    }
  }

  #addEnd({ runId, host, outcome, reason, at, interrupted }: Stamp & HostFinished): void {
    this.#write.end.run(host, outcome, reason, at, interrupted === true ? 1 : 0, runId);
  }
}

/** Makes the rows of all runs that are there, from their events. */
export function fillHostRuns(database: DatabaseSync): void {
  const rows = new HostRuns(database);
  const types = [...TYPES].map((type) => `'${type}'`).join(', ');
  const events = database.prepare(`select body from events where type in (${types}) order by run_id, seq`);
  for (const { body } of events.iterate()) rows.add(JSON.parse(String(body)) as RunEvent);
}

const hasChanged = ({ status, changed }: StepEnded): boolean => status === 'changed' || changed === true;

const deedOf = ({ step, name, phase, at }: Stamp & StepEnded): Deed => ({ step, name, phase, at });

const foundOf = ({ name, severity, state, summary }: FoundFinding): FoundFinding => ({
  name,
  severity,
  state,
  summary,
});

interface Writes {
  readonly survey: StatementSync;
  readonly last: StatementSync;
  readonly planned: StatementSync;
  readonly done: StatementSync;
  readonly end: StatementSync;
}

function prepareWrites(database: DatabaseSync): Writes {
  return {
    survey: database.prepare(
      `insert into host_runs
         (run_id, host, machine, surveyed_at, survey_seq, found, last_found, planned, done, interrupted)
       values (?, ?, ?, ?, ?, ?, '[]', '[]', '[]', 0)
       on conflict (run_id, host) do update
       set machine = excluded.machine, surveyed_at = excluded.surveyed_at, survey_seq = excluded.survey_seq, found = excluded.found
       where surveyed_at is null`,
    ),
    last: database.prepare(
      `update host_runs set machine = ifnull(machine, ?), last_at = ?, last_seq = ?, last_found = ? where run_id = ? and host = ?`,
    ),
    planned: database.prepare('update host_runs set planned = ? where run_id = ? and host = ?'),
    done: database.prepare(
      `update host_runs set done = json_insert(done, '$[#]', json(?)) where run_id = ? and host = ?`,
    ),
    end: database.prepare(
      `insert into host_runs (run_id, host, outcome, reason, ended_at, interrupted, found, last_found, planned, done)
       select run_id, ?, ?, ?, ?, ?, '[]', '[]', '[]', '[]' from runs where run_id = ? and mode <> 'exec'
       on conflict (run_id, host) do update
       set outcome = excluded.outcome, reason = excluded.reason, ended_at = excluded.ended_at, interrupted = excluded.interrupted`,
    ),
  };
}
