import { err, ok, type Result } from '../util/result.ts';
import { quoteShort } from '../util/shorten.ts';

/** What one of the five fields may hold. */
export interface CronFieldRule {
  readonly name: CronFieldName;
  readonly first: number;
  readonly last: number;
  /** Words in place of numbers, the first of them for `first`. */
  readonly names: readonly string[];
}

export type CronFieldName = 'minute' | 'hour' | 'day-of-month' | 'month' | 'day-of-week';

/** A part of an expression and where in it it begins, in UTF-16 units counted from 0. */
export interface CronPiece {
  readonly text: string;
  readonly offset: number;
}

export interface CronError {
  /** Absent: the expression as a whole. */
  readonly field?: CronFieldName;
  /** One sentence without its full stop. */
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
  /** Of what is wrong, in the text that was given. */
  readonly offset: number;
  readonly length: number;
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly kind: 'star' | 'range' | 'single';
}

/** The values of one field, sorted, none twice: `*`, numbers, names, `a-b`, lists of them, `/n` after `*` or a range. */
export function parseCronField(rule: CronFieldRule, field: CronPiece): Result<readonly number[], CronError> {
  const values = new Set<number>();
  let { offset } = field;
  for (const text of field.text.split(',')) {
    const item = readItem(rule, { text, offset });
    if (!item.ok) return item;
    for (const value of item.value) values.add(value);
    offset += text.length + 1;
  }
  return ok([...values].toSorted((a, b) => a - b));
}

function readItem(rule: CronFieldRule, item: CronPiece): Result<readonly number[], CronError> {
  if (item.text === '')
    return err(wrong(rule, item, 'has an empty place in its list', 'write values with one comma between two'));
  const slash = item.text.indexOf('/');
  const before = slash < 0 ? item.text : item.text.slice(0, slash);
  const range = readRange(rule, { text: before, offset: item.offset });
  if (!range.ok) return range;
  if (slash < 0) return ok(valuesOf(range.value, 1));
  const step = readStep(rule, { text: item.text.slice(slash + 1), offset: item.offset + slash + 1 }, before);
  if (!step.ok) return step;
  if (range.value.kind !== 'single') return ok(valuesOf(range.value, step.value));
  const whole = `${before}-${rule.last}/${step.value}`;
  return err(wrong(rule, item, `has a step after one value, ${quoteShort(item.text)}`, `write ${whole}`));
}

function readRange(rule: CronFieldRule, range: CronPiece): Result<Range, CronError> {
  if (range.text === '*') return ok({ first: rule.first, last: rule.last, kind: 'star' });
  const dash = range.text.indexOf('-');
  if (dash < 0) {
    const value = readValue(rule, range);
    return value.ok ? ok({ first: value.value, last: value.value, kind: 'single' }) : value;
  }
  const first = readValue(rule, { text: range.text.slice(0, dash), offset: range.offset });
  if (!first.ok) return first;
  const last = readValue(rule, { text: range.text.slice(dash + 1), offset: range.offset + dash + 1 });
  if (!last.ok) return last;
  if (first.value <= last.value) return ok({ first: first.value, last: last.value, kind: 'range' });
  const message = `has a range that ends before it begins, ${quoteShort(range.text)}`;
  const hint = `write ${span(first.value, rule.last)},${span(rule.first, last.value)}`;
  return err(wrong(rule, range, message, hint));
}

function readStep(rule: CronFieldRule, step: CronPiece, before: string): Result<number, CronError> {
  const shown = quoteShort(`/${step.text}`);
  if (!/^\d{1,9}$/.test(step.text))
    return err(wrong(rule, step, `has a step that is no whole number, ${shown}`, `write it as in ${before}/5`));
  const value = Number(step.text);
  if (value === 0) return err(wrong(rule, step, `has a step of 0`, `write ${before} for each, or ${before}/2`));
  if (value <= rule.last - rule.first) return ok(value);
  const message = `has a step of ${value}, which is past its end`;
  return err(wrong(rule, step, message, `write ${rule.first}, or use every: in place of cron: for longer intervals`));
}

function readValue(rule: CronFieldRule, value: CronPiece): Result<number, CronError> {
  const { text } = value;
  const named = rule.names.indexOf(text.toLowerCase());
  if (named >= 0) return ok(rule.first + named);
  if (/^\d{1,9}$/.test(text)) {
    const number = Number(text);
    if (number >= rule.first && number <= rule.last) return ok(number);
    return err(wrong(rule, value, `is ${rule.first}-${rule.last}, not ${number}`, `write ${allowed(rule)}`));
  }
  if (text === '')
    return err(wrong(rule, value, 'has a range or a step without its numbers', `write ${allowed(rule)}`));
  const message = `cannot be ${quoteShort(text)}`;
  const name = rule.names.find((each) => text.toLowerCase().startsWith(each));
  return err(wrong(rule, value, message, name === undefined ? hintFor(rule, text) : `write ${name}`));
}

/** What other schedulers have and cron has not. */
function hintFor(rule: CronFieldRule, text: string): string {
  if (text === '?') return 'write *';
  if (/^(?:H|R|.*~.*)$/i.test(text)) return 'write one value, and use jitter to spread schedules over time';
  return `write ${allowed(rule)}`;
}

function allowed({ first, last, names }: CronFieldRule): string {
  const words = names.length === 0 ? '' : ` or ${names[0]}-${names.at(-1)}`;
  return `*, or values of ${first}-${last}${words}: one, a-b, a list with commas; /n after * or a range`;
}

function valuesOf({ first, last }: Range, step: number): readonly number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

const span = (first: number, last: number): string => (first === last ? `${first}` : `${first}-${last}`);

function wrong(rule: CronFieldRule, piece: CronPiece, what: string, hint: string): CronError {
  const { offset, text } = piece;
  return { field: rule.name, message: `${rule.name} ${what}`, hint, offset, length: text.length };
}
