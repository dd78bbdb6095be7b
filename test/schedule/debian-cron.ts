/**
 * Debian's cron as its cron.c has it, minute by minute: the oracle for `src/schedule`, of which it shares no line. It differs in one
 * thing on purpose: the offset is looked at each minute, and not only where `tm_isdst` turns over.
 */

/** One line of a crontab. */
export interface Job {
  readonly text: string;
  /** For each minute of a day. */
  readonly times: Uint8Array;
  readonly days: readonly boolean[];
  readonly months: readonly boolean[];
  readonly weekdays: readonly boolean[];
  readonly dayStar: boolean;
  readonly weekdayStar: boolean;
  /** MIN_STAR or HR_STAR. */
  readonly wild: boolean;
}

/** Minutes since 1970 of UTC. */
export interface Span {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

const DAY = 1440;
const LIMIT = 3 * 60;
const NAMES: Readonly<Record<string, number>> = {
  ...Object.fromEntries('jan feb mar apr may jun jul aug sep oct nov dec'.split(' ').map((name, at) => [name, at + 1])),
  ...Object.fromEntries('sun mon tue wed thu fri sat'.split(' ').map((name, at) => [name, at])),
};

/** Of a text that is taken for right. */
export function readJob(text: string): Job {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = text.trim().split(/\s+/);
  const minutes = bits(minute, 0, 59);
  const hours = bits(hour, 0, 23);
  const weekdays = bits(weekday, 0, 7);
  weekdays[0] = weekdays[7] = weekdays[0] === true || weekdays[7] === true;
  return {
    text,
    times: Uint8Array.from({ length: DAY }, (_, at) => (minutes[at % 60] && hours[Math.floor(at / 60)] ? 1 : 0)),
    days: bits(day, 1, 31),
    months: bits(month, 1, 12),
    weekdays,
    dayStar: day.startsWith('*'),
    weekdayStar: weekday.startsWith('*'),
    wild: minute.startsWith('*') || hour.startsWith('*'),
  };
}

function bits(field: string, first: number, last: number): boolean[] {
  const set = Array.from({ length: last + 1 }, () => false);
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [low = '', high = low] = range === '*' ? [String(first), String(last)] : range.split('-');
    const valueOf = (word: string): number => NAMES[word.toLowerCase()] ?? Number(word);
    for (let value = valueOf(low); value <= valueOf(high); value += Number(step)) set[value] = true;
  }
  return set;
}

/** The minutes in which each job is started, none twice; cron is started in the first of the span. `offsetAt`: in minutes. */
export function runCron(jobs: readonly Job[], span: Span, offsetAt: (minute: number) => number): readonly number[][] {
  const started: number[][] = jobs.map(() => []);
  const dates = new Map<number, readonly number[]>();

  const findJobs = (now: number, virtual: number, doWild: boolean, doFixed: boolean): void => {
    const day = Math.floor(virtual / DAY);
    let ofDay = dates.get(day);
    if (ofDay === undefined) dates.set(day, (ofDay = jobsOf(jobs, day)));
    for (const index of ofDay) {
      const job = jobs[index] as Job;
      if (job.times[virtual - day * DAY] === 0 || !(job.wild ? doWild : doFixed)) continue;
      const times = started[index] as number[];
      // What cron starts several times in one minute is one occurrence here.
      if (times.at(-1) !== now) times.push(now);
    }
  };

  let virtualTime = span.first - 1 + offsetAt(span.first - 1);
  for (let now = span.first; now <= span.last; now += 1) {
    const timeRunning = now + offsetAt(now);
    const timeDiff = timeRunning - virtualTime;
    if (timeDiff === 1) {
      virtualTime = timeRunning;
      findJobs(now, virtualTime, true, true);
    } else if (timeDiff > LIMIT || timeDiff <= -LIMIT) {
      virtualTime = timeRunning;
      findJobs(now, virtualTime, true, true);
    } else if (timeDiff > 5) {
      findJobs(now, timeRunning, true, false);
      while (virtualTime < timeRunning) findJobs(now, ++virtualTime, false, true);
    } else if (timeDiff > 0) {
      while (virtualTime < timeRunning) findJobs(now, ++virtualTime, true, true);
    } else findJobs(now, timeRunning, true, false);
  }
  return started;
}

/** By their indices, those whose date it is. */
function jobsOf(jobs: readonly Job[], day: number): readonly number[] {
  const date = new Date(day * DAY * 60_000);
  return jobs.flatMap((job, index) => {
    const isDay = job.days[date.getUTCDate()] === true;
    const isWeekday = job.weekdays[date.getUTCDay()] === true;
    const isDate = job.dayStar || job.weekdayStar ? isDay && isWeekday : isDay || isWeekday;
    return isDate && job.months[date.getUTCMonth() + 1] === true ? [index] : [];
  });
}
