import type { Pause, ScheduleStore } from '../../model/occurrence.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { Moment } from '../../schedule/clock-step.ts';
import { decide } from '../../schedule/decide.ts';

/**
 * Lifts the pause of a schedule, and gives it; undefined: there was none. What was due meanwhile is skipped first, when no `serve` did
 * so: else it would be missed, or caught up with.
 */
export function endPause(schedule: Schedule, store: ScheduleStore, now: Moment): Pause | undefined {
  const mark = store.mark(schedule.name);
  if (mark?.paused === undefined) return undefined;
  const { decisions } = decide({ schedule, mark, isFull: false }, now);
  for (const decision of decisions) {
    if (decision.kind !== 'skip') continue;
    const { key, count, since, why } = decision;
    const decidedAt = new Date(now.wall).toISOString();
    store.take({
      schedule: schedule.name,
      key,
      state: 'skipped',
      decidedAt,
      note: why,
      ...(count > 1 && { count, since }),
    });
  }
  store.pause(schedule.name, undefined);
  return mark.paused;
}
