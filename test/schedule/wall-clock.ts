import type { Span } from './debian-cron.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

/** The offset of a zone from UTC in minutes, by what clocks there show: another way than that of `src/schedule/zone.ts`. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #hours = new Map<number, number>();

  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      calendar: 'gregory',
      dateStyle: 'short',
      timeStyle: 'short',
    });
  }

  /** Asked for each hour, and for each minute of an hour in which it is not the same. */
  offsetAt(minute: number): number {
    const hour = Math.floor(minute / HOUR);
    const before = this.#ofHour(hour);
    return before === this.#ofHour(hour + 1) ? before : this.#look(minute);
  }

  #ofHour(hour: number): number {
    let offset = this.#hours.get(hour);
    if (offset === undefined) this.#hours.set(hour, (offset = this.#look(hour * HOUR)));
    return offset;
  }

  #look(minute: number): number {
    const [, day, month, year, hours, minutes] = (
      /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(this.#format.format(minute * 60_000)) ?? []
    ).map(Number);
    return Date.UTC(year ?? NaN, (month ?? NaN) - 1, day, hours, minutes) / 60_000 - minute;
  }

  /** A day and a half around each change between two years, both included. */
  changes(firstYear: number, lastYear: number): readonly Span[] {
    const spans: Span[] = [];
    const [first, end] = [Date.UTC(firstYear, 0) / 60_000, Date.UTC(lastYear + 1, 0) / 60_000];
    for (let minute = first; minute < end; minute += DAY)
      if (this.#look(minute) !== this.#look(minute + DAY))
        spans.push({ first: minute - DAY, last: minute + 2.5 * DAY });
    return spans;
  }
}
