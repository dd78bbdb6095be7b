import { err, ok, type Result } from '../../util/result.ts';
import { readLogTime, readOffset, type LogClock } from './log-times.ts';
import { excerpt, type Section, type Sections } from './sections.ts';

export interface LogLine {
  /** Seconds since 1970. */
  readonly seconds: number;
  readonly fine: boolean;
  /** The path of the file, or the source as it was given. */
  readonly source: string;
  readonly text: string;
}

/** A line that only says the second in which it was written counts from that second's start. `since` is RFC 3339. */
export function isSince({ seconds, fine }: LogLine, since: string): boolean {
  const from = Date.parse(since) / 1000;
  return seconds >= (fine ? from : Math.floor(from));
}

export interface SourceLines {
  readonly lines: readonly LogLine[];
  /** Lines older than these were not sent. */
  readonly dropped: boolean;
  /** A part of a line, or a file that nothing on the host can unpack, was not sent. */
  readonly incomplete: boolean;
}

export interface Limits {
  readonly lines: number;
  readonly bytes: number;
}

export function readLogClock(sections: Sections): Result<LogClock, string> {
  const [now, boot] = sections.get('clock')?.lines.map(Number) ?? [];
  const zone = (sections.get('zone')?.lines ?? []).map((line) => {
    const [from, offset = ''] = line.split(' ');
    return { from: Number(from), offset: /^[-+]\d{4}$/.test(offset) ? readOffset(offset) : Number.NaN };
  });
  if (now === undefined || boot === undefined || !(now > 0) || !(boot > 0))
    return err('the host did not say what time it is');
  if (zone.length === 0 || zone.some(({ from, offset }) => Number.isNaN(from + offset)))
    return err('the host did not say how far its local time is from UTC');
  return ok({ now, boot, zone });
}

const RECORD = /^(\d+)\t([+!?]?)\t([^\t]*)\t(.*)$/s;
const FILE = /^F\t(\d+)\t(\d+)\t(.+)$/;

/**
 * Reads one section `source.N` of `LOG_SURVEY_SH`. A line without a time has that of the last line before it that has one; in a file without
 * any times all lines have the time the file was last written; lines before the first time of a file have none and are left out.
 */
export function readSource(
  section: Section,
  source: string,
  clock: LogClock,
  limits: Limits,
): Result<SourceLines, string> {
  const files = new Map<string, { readonly path: string; readonly modified: number }>();
  const records: string[] = [];
  for (const line of section.lines) {
    const [, number, modified, path] = FILE.exec(line) ?? [];
    if (number === undefined || path === undefined) records.push(line);
    else files.set(number, { path, modified: Number(modified) });
  }
  const size = records.reduce((sum, record) => sum + Buffer.byteLength(record) + 1, 0);
  const dropped = records.length >= limits.lines || size >= limits.bytes;
  // Cut off by bytes, the first record may be the rest of one.
  if (size >= limits.bytes) records.shift();

  const lines: LogLine[] = [];
  const untimed = new Set<string>();
  const pending: { readonly number: string; readonly text: string }[] = [];
  let incomplete = false;
  for (const record of records) {
    const [, number, mark, stamp, text] = RECORD.exec(record) ?? [];
    if (number === undefined || stamp === undefined || text === undefined)
      return err(`not a line of a log: ${excerpt(record)}`);
    if (mark === '!') {
      untimed.add(number);
      continue;
    }
    if (mark === '?' || mark === '+') incomplete = true;
    if (mark === '?') continue;
    const time = readLogTime(stamp === '' ? text : stamp, clock);
    if (time === undefined) pending.push({ number, text });
    else lines.push({ ...time, source: files.get(number)?.path ?? source, text });
  }
  for (const { number, text } of pending) {
    const file = files.get(number);
    if (file !== undefined && untimed.has(number))
      lines.push({ seconds: file.modified, fine: false, source: file.path, text });
  }
  return ok({ lines, dropped, incomplete });
}
