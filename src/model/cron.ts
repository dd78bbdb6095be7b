import { err, ok, type Result } from '../util/result.ts';
import { quoteShort, shorten } from '../util/shorten.ts';
import { suggest } from '../util/suggest.ts';
import { parseCronField, type CronError, type CronFieldRule, type CronPiece } from './cron-field.ts';
import type { Cron } from './schedule.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const RULES = {
  minute: { name: 'minute', first: 0, last: 59, names: [] },
  hour: { name: 'hour', first: 0, last: 23, names: [] },
  day: { name: 'day-of-month', first: 1, last: 31, names: [] },
  month: { name: 'month', first: 1, last: 12, names: MONTHS },
  weekday: { name: 'day-of-week', first: 0, last: 7, names: WEEKDAYS },
} as const satisfies Record<string, CronFieldRule>;

const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);
const LONGEST = 1000;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads five fields, `minute hour day-of-month month day-of-week`, or a nickname such as `@daily`, as Debian's crontab(5) has them.
 * Refused are also a step past the end of its field, which cron takes for the first value alone, and a date that never comes.
 * The first error from the left.
 */
export function parseCron(text: string): Result<Cron, CronError> {
  if (text.length > LONGEST)
    return err(whole(text, `it is longer than ${LONGEST} characters`, 'write shorter lists: a-b, or /n'));
  const pieces = piecesOf(text);
  const [first] = pieces;
  if (first?.text.startsWith('@') === true) return parseNickname(text, first, pieces[1]);
  const [minute, hour, day, month, weekday, ...more] = pieces;
  if (!minute || !hour || !day || !month || !weekday) return err(tooFew(text, pieces));
  if (more[0] !== undefined) return err(tooMany(pieces, more[0]));

  const minutes = parseCronField(RULES.minute, minute);
  if (!minutes.ok) return minutes;
  const hours = parseCronField(RULES.hour, hour);
  if (!hours.ok) return hours;
  const days = parseCronField(RULES.day, day);
  if (!days.ok) return days;
  const months = parseCronField(RULES.month, month);
  if (!months.ok) return months;
  const weekdays = parseCronField(RULES.weekday, weekday);
  if (!weekdays.ok) return weekdays;
  const cron: Cron = {
    text,
    minutes: minutes.value,
    hours: hours.value,
    days: days.value,
    months: months.value,
    weekdays: [...new Set(weekdays.value.map((value) => value % 7))].toSorted((a, b) => a - b),
    eitherDay: !isStar(day) && !isStar(weekday),
    fixedTime: !isStar(minute) && !isStar(hour),
  };
  return isPossible(cron) ? ok(cron) : err(neverComes(day, month));
}

function piecesOf(text: string): readonly CronPiece[] {
  return [...text.matchAll(/[^ \t\r\n]+/g)].map((match) => ({ text: match[0], offset: match.index }));
}

const isStar = (piece: CronPiece): boolean => piece.text.startsWith('*');

/** A weekday comes in each month, and the 29th of February falls on each of them in turn. */
function isPossible({ days, months, eitherDay }: Cron): boolean {
  return eitherDay || months.some((month) => (days[0] ?? 0) <= (DAYS_IN_MONTH[month - 1] ?? 0));
}

function parseNickname(text: string, name: CronPiece, next: CronPiece | undefined): Result<Cron, CronError> {
  const fields = NICKNAMES.get(name.text.toLowerCase());
  if (fields === undefined) return err(unknownNickname(name));
  if (next !== undefined)
    return err({ ...at(next), message: `nothing follows on ${name.text}`, hint: `drop ${quoteShort(next.text)}` });
  const cron = parseCron(fields);
  return cron.ok ? ok({ ...cron.value, text }) : cron;
}

function unknownNickname(name: CronPiece): CronError {
  const word = name.text.toLowerCase();
  const message = `${shorten(name.text)} is not one of ${[...NICKNAMES.keys()].join(' ')}`;
  if (word === '@reboot')
    return { ...at(name), message: `${name.text} is not a time`, hint: 'start it from a unit of systemd' };
  if (word === '@never')
    return { ...at(name), message: `${name.text} is not a time`, hint: 'write the times, and paused: true' };
  if (word === '@every')
    return { ...at(name), message: `${name.text} is not of cron`, hint: 'write every: 5m in place of cron:' };
  const near = suggest(word, NICKNAMES.keys());
  return { ...at(name), message, hint: near === undefined ? 'write one of these, or five fields' : `write ${near}` };
}

function tooFew(text: string, pieces: readonly CronPiece[]): CronError {
  const names = Object.values(RULES).map(({ name }) => name);
  if (pieces.length === 0) return whole(text, 'it is empty', `write ${names.join(' ')}, such as */5 * * * *`);
  const missing = names.slice(pieces.length).join(' and ');
  return whole(text, `it has ${pieces.length} of five fields`, `add ${missing}: * stands for each`);
}

function tooMany(pieces: readonly CronPiece[], sixth: CronPiece): CronError {
  const [first = sixth] = pieces;
  const isField = ({ text }: CronPiece): boolean =>
    /^[\d*?]/.test(text) || WEEKDAYS.includes(text.slice(0, 3).toLowerCase());
  if (pieces.length > 7 || !pieces.slice(5).every(isField))
    return { ...at(sixth), message: 'there are more than five fields', hint: 'only times stand here: drop the rest' };
  if (pieces.length === 7)
    return { ...at(first), message: 'seconds and years are not supported', hint: 'drop the first field and the last' };
  return { ...at(first), message: 'seconds are not supported', hint: 'drop the first field' };
}

function neverComes(day: CronPiece, month: CronPiece): CronError {
  const length = month.offset + month.text.length - day.offset;
  const message = `day-of-month ${shorten(day.text)} never comes in month ${shorten(month.text)}`;
  return { field: 'day-of-month', offset: day.offset, length, message, hint: 'write a day that these months have' };
}

const at = ({ text, offset }: CronPiece): Pick<CronError, 'offset' | 'length'> => ({ offset, length: text.length });

const whole = (text: string, message: string, hint: string): CronError => ({
  message,
  hint,
  offset: 0,
  length: text.length,
});
