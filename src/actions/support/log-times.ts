/** Where the host's local time is how far from UTC: from `from` on (seconds since 1970), `offset` seconds. Ascending. */
export interface ZoneSpan {
  readonly from: number;
  readonly offset: number;
}

export interface LogClock {
  readonly zone: readonly ZoneSpan[];
  /** Seconds since 1970 on the host. */
  readonly now: number;
  /** When the host started, for the kernel's own times. */
  readonly boot: number;
}

export interface LogTime {
  /** Seconds since 1970. */
  readonly seconds: number;
  /** It is exact to a fraction of a second; else it is the second in which it happened. */
  readonly fine: boolean;
}

/**
 * For awk, without intervals, which old ones lack: whether the first 300 bytes of a line hold one of the times that `readLogTime` knows.
 * Both must be changed together.
 */
export const TIMED_AWK = `
function timed(head) {
  return head ~ /^\\[?[A-Z][a-z][a-z] [A-Z][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9][0-9.]* [0-9][0-9][0-9][0-9]/ ||
    head ~ /^\\[?[0-9][0-9][0-9][0-9][-\\/][0-9][0-9][-\\/][0-9][0-9][T ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]/ ||
    head ~ /^(<[0-9]+>)?[A-Z][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]/ ||
    head ~ /^(<[0-9]+>)?\\[ *[0-9]+\\.[0-9]+\\]/ ||
    head ~ /\\[[0-9][0-9]\\/[A-Z][a-z][a-z]\\/[0-9][0-9][0-9][0-9]:[0-9][0-9]:[0-9][0-9]:[0-9][0-9] [-+][0-9][0-9][0-9][0-9]\\]/
}
`;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// Sun Nov 22 23:45:09.123456 2026: Apache's error log, local time
const APACHE = /^\[?[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (\d{4})/;
// 2026-11-22T23:45:09.123456+0100, 2026-11-22 23:45:09,123, 2026/11/22 23:45:09 (nginx)
const ISO = /^\[?(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d+)?)\s?(Z|[-+]\d\d:?\d\d)?/;
// Nov 22 23:45:09: syslog, local time, no year
const SYSLOG = /^(?:<\d+>)?([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d(?:\.\d+)?)/;
// [ 1234.567890]: the kernel, since the host's start
const KERNEL = /^(?:<\d+>)?\[ *(\d+\.\d+)\]/;
// [22/Nov/2026:23:45:09 +0000] anywhere near the start: access logs
const COMMON = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([-+]\d{4})\]/;

/** The time a log line carries; undefined when it has none. Times without a zone are the host's local ones. */
export function readLogTime(line: string, clock: LogClock): LogTime | undefined {
  const apache = APACHE.exec(line);
  if (apache !== null) return local(Number(apache[4]), month(apache[1]), Number(apache[2]), apache[3] ?? '', clock);
  const iso = ISO.exec(line);
  if (iso !== null) {
    const [, year, monthNumber, day, time = '', zone] = iso;
    const date = [Number(year), Number(monthNumber) - 1, Number(day)] as const;
    return zone === undefined ? local(...date, time, clock) : absolute(...date, time, zone);
  }
  const syslog = SYSLOG.exec(line);
  if (syslog !== null) return withoutYear(month(syslog[1]), Number(syslog[2]), syslog[3] ?? '', clock);
  const kernel = KERNEL.exec(line);
  if (kernel !== null) return { seconds: clock.boot + Number(kernel[1]), fine: false };
  const common = COMMON.exec(line.slice(0, 300));
  if (common === null) return undefined;
  return absolute(Number(common[3]), month(common[2]), Number(common[1]), common[4] ?? '', common[5] ?? '');
}

/** `+0130`, `+01:30` or `Z` in seconds. */
export function readOffset(text: string): number {
  const [, sign, hours, minutes] = /^([-+])(\d\d):?(\d\d)$/.exec(text) ?? [];
  const offset = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60;
  return sign === '-' ? -offset : offset;
}

function withoutYear(monthIndex: number, day: number, time: string, clock: LogClock): LogTime | undefined {
  const year = new Date(clock.now * 1000).getUTCFullYear();
  const candidates = [year + 1, year, year - 1].map((guess) => local(guess, monthIndex, day, time, clock));
  // The youngest that is not in the future; a day of grace for clocks that differ.
  return candidates.find((candidate) => candidate !== undefined && candidate.seconds <= clock.now + 86_400);
}

function local(year: number, monthIndex: number, day: number, time: string, clock: LogClock): LogTime | undefined {
  const naive = absolute(year, monthIndex, day, time, 'Z');
  if (naive === undefined) return undefined;
  const span = clock.zone.findLast(({ from, offset }) => naive.seconds - offset >= from) ?? clock.zone[0];
  return { ...naive, seconds: naive.seconds - (span?.offset ?? 0) };
}

function absolute(year: number, monthIndex: number, day: number, time: string, zone: string): LogTime | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = time.replace(',', '.').split(':').map(Number);
  const days = Date.UTC(year, monthIndex, day) / 1000;
  const total = days + hours * 3600 + minutes * 60 + seconds - readOffset(zone);
  return monthIndex < 0 || !Number.isFinite(total) ? undefined : { seconds: total, fine: /[.,]/.test(time) };
}

const month = (name: string | undefined): number => MONTHS.indexOf(name ?? '');
