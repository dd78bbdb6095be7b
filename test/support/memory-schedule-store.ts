import { isDeepStrictEqual } from 'node:util';
import {
  MOST_NOT_BEGUN,
  NOT_BEGUN,
  type Occurrence,
  type OccurrenceQuery,
  type OccurrenceRecord,
  type OccurrenceState,
  type OpenOccurrence,
  type Pause,
  type ScheduleMark,
  type ScheduleStore,
  type Settlement,
} from '../../src/model/occurrence.ts';
import { isTimeOfSchedule, keyInstant } from '../../src/model/occurrence-key.ts';
import type { ProcessId } from '../../src/model/event.ts';
import type { RunRecord } from '../../src/model/store.ts';

/** Keeps occurrences for as long as the test goes on: it has no disk that could be full. Processes of a test share one. */
export class MemoryScheduleStore implements ScheduleStore {
  readonly #marks = new Map<string, ScheduleMark>();
  /** The newest key last. */
  readonly #rows = new Map<string, OccurrenceRecord[]>();
  readonly #runs: (runId: string) => RunRecord | undefined;

  constructor(runs: (runId: string) => RunRecord | undefined = () => undefined) {
    this.#runs = runs;
  }

  mark(schedule: string): ScheduleMark | undefined {
    return this.#marks.get(schedule);
  }

  decideUpTo(schedule: string, instant: number, reset?: 'reset'): void {
    const mark = this.#marks.get(schedule);
    const decidedUpTo = reset === 'reset' ? instant : Math.max(mark?.decidedUpTo ?? instant, instant);
    this.#marks.set(schedule, { ...mark, schedule, decidedUpTo });
  }

  take(record: OccurrenceRecord): boolean {
    if (OPEN.includes(record.state) !== (record.process !== undefined))
      throw new Error(`${record.state}: in whose hands?`);
    const rows = this.#rowsOf(record.schedule);
    if (rows.some(({ key }) => key === record.key)) return false;
    if (isTimeOfSchedule(record.key)) {
      if (keyInstant(record.key) <= (this.mark(record.schedule)?.decidedUpTo ?? -Infinity)) return false;
      this.decideUpTo(record.schedule, keyInstant(record.key));
    }
    rows.push(record);
    rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    if (NOT_BEGUN.includes(record.state)) this.#fold(rows, record);
    return true;
  }

  probe(): void {
    // it has no disk that could be full
  }

  takeOver(occurrence: Occurrence, from: ProcessId, to: ProcessId): boolean {
    return this.#move(occurrence, from, (row) => ({ ...row, process: to }));
  }

  settle(occurrence: Occurrence, by: ProcessId, end: Settlement): boolean {
    const isRunning = end.state === 'running';
    const row = this.#find(occurrence);
    if (row === undefined || (isRunning && row.state !== 'queued')) return false;
    const settled = { ...row, ...end };
    if (!isRunning) delete settled.process;
    const isMoved = this.#move(occurrence, by, () => settled);
    if (isMoved && NOT_BEGUN.includes(end.state)) this.#fold(this.#rowsOf(row.schedule), settled);
    return isMoved;
  }

  occurrences({ schedule, states, limit }: OccurrenceQuery): readonly OccurrenceRecord[] {
    const rows = schedule === undefined ? [...this.#rows.values()].flat() : this.#rowsOf(schedule);
    return rows
      .filter(({ state }) => states?.includes(state) ?? true)
      .toSorted((a, b) => (a.key === b.key ? compare(a.schedule, b.schedule) : compare(b.key, a.key)))
      .slice(0, limit);
  }

  open(): readonly OpenOccurrence[] {
    const rows = this.occurrences({ states: OPEN, limit: Infinity }).toReversed();
    return rows.map((record) => {
      const run = record.runId === undefined ? undefined : this.#runs(record.runId);
      return { record, ...(run !== undefined && { run }) };
    });
  }

  pause(schedule: string, pause: Pause | undefined): void {
    const mark = this.#marks.get(schedule);
    if (mark === undefined && pause === undefined) return;
    const decidedUpTo = mark?.decidedUpTo ?? Date.parse(pause?.at ?? '');
    this.#marks.set(schedule, { schedule, decidedUpTo, ...(pause !== undefined && { paused: pause }) });
  }

  #rowsOf(schedule: string): OccurrenceRecord[] {
    const rows = this.#rows.get(schedule) ?? [];
    this.#rows.set(schedule, rows);
    return rows;
  }

  #find({ schedule, key }: Occurrence): OccurrenceRecord | undefined {
    return this.#rowsOf(schedule).find((row) => row.key === key);
  }

  #move(occurrence: Occurrence, by: ProcessId, change: (row: OccurrenceRecord) => OccurrenceRecord): boolean {
    const rows = this.#rowsOf(occurrence.schedule);
    const index = rows.findIndex(({ key }) => key === occurrence.key);
    const row = rows[index];
    if (row?.process === undefined || !isDeepStrictEqual(row.process, by)) return false;
    rows[index] = change(row);
    return true;
  }

  #fold(rows: OccurrenceRecord[], row: OccurrenceRecord): void {
    const index = rows.findIndex(({ key }) => key === row.key);
    const before = rows[index - 1];
    const isSame = before?.state === row.state && before.note === row.note;
    if (before !== undefined && isSame && isTimeOfSchedule(row.key) && isTimeOfSchedule(before.key)) {
      const folded = { count: (before.count ?? 1) + (row.count ?? 1), since: before.since ?? before.key };
      rows.splice(index - 1, 2, { ...row, ...folded });
    }
    const notBegun = rows.filter(({ state }) => NOT_BEGUN.includes(state));
    if (notBegun.length > MOST_NOT_BEGUN) rows.splice(rows.indexOf(notBegun[0] ?? row), 1);
  }
}

const OPEN: readonly OccurrenceState[] = ['queued', 'running'];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
