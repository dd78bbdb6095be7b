import type { Cron } from '../model/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What clocks show when the expression is due, from `from` up to, not including, `to`: in milliseconds as if it were UTC. */
export function* matches(cron: Cron, from: number, to: number): Iterable<number> {
  for (
    let day = firstDay(cron, Math.floor(from / DAY), to / DAY);
    day * DAY < to;
    day = firstDay(cron, day + 1, to / DAY)
  )
    for (const hour of cron.hours) {
      const begin = day * DAY + hour * HOUR;
      if (begin + HOUR <= from) continue;
      if (begin >= to) return;
      for (const minute of cron.minutes) {
        const time = begin + minute * MINUTE;
        if (time >= to) return;
        if (time >= from) yield time;
      }
    }
}

/** The first day from `day` on, counted from 1970-01-01, whose date is one of the expression; any day from `limit` on when none is before it. */
export function firstDay(cron: Cron, day: number, limit: number): number {
  let at = day;
  while (at < limit) {
    const date = new Date(at * DAY);
    const month = date.getUTCMonth();
    if (!cron.months.includes(month + 1)) at = Date.UTC(date.getUTCFullYear(), month + 1) / DAY;
    else if (isDay(cron, date)) return at;
    else at += 1;
  }
  return at;
}

function isDay({ days, weekdays, eitherDay }: Cron, date: Date): boolean {
  const isOneOfDays = days.includes(date.getUTCDate());
  const isOneOfWeekdays = weekdays.includes(date.getUTCDay());
  return eitherDay ? isOneOfDays || isOneOfWeekdays : isOneOfDays && isOneOfWeekdays;
}
