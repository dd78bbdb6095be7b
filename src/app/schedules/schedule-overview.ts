import type { OccurrenceRecord, Pause, ScheduleStore } from '../../model/occurrence.ts';
import type { Schedule } from '../../model/schedule.ts';
import { decidedBy, delayOf } from '../../schedule/due.ts';
import { nextTime } from '../../schedule/times.ts';
import { findRunbook } from '../find-runbook.ts';
import { openRunbook } from '../open-files.ts';
import type { Site } from '../surroundings.ts';

/** How a schedule stands. */
export interface ScheduleOverview {
  readonly schedule: Schedule;
  /** The pattern: its own, or the runbook's. Absent: neither says it, or the runbook cannot be used. */
  readonly hosts?: string;
  /** Why its runbook cannot be used. */
  readonly broken?: string;
  /** When the next one starts, with its jitter; milliseconds since 1970. Absent: never, or not before a pause is lifted. */
  readonly nextStart?: number;
  /** One that holds now; the configuration's has nobody and no reason. */
  readonly paused?: Partial<Pause>;
  /** Not begun yet, or not at its end, of whatever process; oldest first. */
  readonly open: readonly OccurrenceRecord[];
  /** The newest that was begun and is at its end, or was missed. */
  readonly last?: OccurrenceRecord;
}

/** All of the configuration, in its order. A runbook that is broken is said so, and nothing else fails. */
export function scheduleOverview(site: Site, store: ScheduleStore, now: number): readonly ScheduleOverview[] {
  const open = store.open().map(({ record }) => record);
  const runbooks = new Map<string, RunbookOutlook>();
  return site.configuration.schedules.map((schedule) => {
    const { name, runbook } = schedule;
    const outlook = runbooks.get(runbook) ?? outlookOf(runbook, site);
    runbooks.set(runbook, outlook);
    const hosts = schedule.hosts ?? outlook.hosts;
    const mark = store.mark(name);
    const paused = pauseOf(schedule, mark?.paused, now);
    const nextStart = nextStartOf(schedule, paused, decidedBy(schedule, mark?.decidedUpTo, now));
    const last = lastEnd(store, name);
    return {
      schedule,
      ...(hosts !== undefined && { hosts }),
      ...(outlook.broken !== undefined && { broken: outlook.broken }),
      ...(nextStart !== undefined && { nextStart }),
      ...(paused !== undefined && { paused }),
      open: open.filter((record) => record.schedule === name),
      ...(last !== undefined && { last }),
    };
  });
}

/** The pause that holds now, if one does. */
export function pauseOf(
  { paused }: Pick<Schedule, 'paused'>,
  pause: Pause | undefined,
  now: number,
): Partial<Pause> | undefined {
  if (paused) return {};
  return pause?.until !== undefined && Date.parse(pause.until) <= now ? undefined : pause;
}

interface RunbookOutlook {
  readonly hosts?: string;
  readonly broken?: string;
}

function outlookOf(runbook: string, site: Site): RunbookOutlook {
  const path = findRunbook(runbook, site);
  if (!path.ok) return { broken: path.error.message };
  const opened = openRunbook(path.value);
  if (!opened.ok) return { broken: `${runbook} cannot be used: runbook lint ${path.value}` };
  const { hosts } = opened.value.value;
  return hosts === undefined ? {} : { hosts };
}

function nextStartOf(schedule: Schedule, paused: Partial<Pause> | undefined, decided: number): number | undefined {
  if (paused !== undefined && paused.until === undefined) return undefined;
  const delay = delayOf(schedule);
  const lifted = paused?.until === undefined ? -Infinity : Date.parse(paused.until) - 1 - delay;
  const time = nextTime(schedule.timing, Math.max(lifted, decided));
  return time === undefined ? undefined : time + delay;
}

function lastEnd(store: ScheduleStore, schedule: string): OccurrenceRecord | undefined {
  const [last] = store.occurrences({ schedule, states: ['ended', 'failed', 'missed'], limit: 1 });
  return last;
}
