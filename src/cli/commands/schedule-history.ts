import { noSchedule } from '../../app/schedules/find-schedule.ts';
import { because } from '../../app/trouble.ts';
import type { OccurrenceRecord } from '../../model/occurrence.ts';
import { dueText, noteText, stateText } from '../occurrence-text.ts';
import type { ScheduleHistoryOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { withSchedules } from '../with-schedules.ts';

/** `runbook schedule history [NAME]`; also of one that is in the configuration no more. */
export function history(
  name: string | undefined,
  { json = false, limit }: ScheduleHistoryOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, err } = terminal;
  return withSchedules({ json }, terminal, ({ configuration }, { schedules }) => {
    const rows = schedules.occurrences({ limit, ...(name !== undefined && { schedule: name }) });
    const known = configuration.schedules.map((schedule) => schedule.name);
    if (rows.length === 0 && name !== undefined && !known.includes(name))
      return printTrouble(because(noSchedule(name, known)), terminal, json);
    if (json) out.print(rows.map((record) => `${JSON.stringify(record)}\n`).join(''));
    else if (rows.length === 0) err.print('Nothing was due yet.\n');
    else out.print(renderTable(['DUE', 'SCHEDULE', 'STATE', 'RUN', ''], rows.map(row), out));
    return 0;
  });
}

const row = (record: OccurrenceRecord): readonly string[] => [
  dueText(record),
  record.schedule,
  stateText(record),
  record.runId ?? '',
  noteText(record),
];
