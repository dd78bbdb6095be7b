import { err, ok, type Result } from './result.ts';

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const LITERAL = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;

/** `500ms`, `30s`, `5m`, `2h`, `7d`, `1h30m`: whole numbers, each unit once, largest first; the result is in milliseconds. */
export function parseDuration(text: string): Result<number, string> {
  const match = LITERAL.exec(text);
  if (match === null || text === '') return err('expected a duration such as 500ms, 30s, 5m, 2h, 7d or 1h30m');
  const [, days, hours, minutes, seconds, milliseconds] = match;
  const total =
    Number(days ?? 0) * UNIT_MS.d +
    Number(hours ?? 0) * UNIT_MS.h +
    Number(minutes ?? 0) * UNIT_MS.m +
    Number(seconds ?? 0) * UNIT_MS.s +
    Number(milliseconds ?? 0);
  return Number.isSafeInteger(total) ? ok(total) : err('expected a duration of less than 285,000 years');
}

/** The shortest form that `parseDuration` reads back to the same number: `1h30m`, `20s`, `0s`. Fractions of a millisecond are cut off. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  let rest = Math.trunc(Math.abs(milliseconds));
  let text = '';
  for (const [unit, size] of Object.entries(UNIT_MS)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : sign + text;
}

/** What `formatDuration` writes, read back: as `parseDuration`, with a minus sign allowed in front. Milliseconds. */
export function parseSignedDuration(text: string): Result<number, string> {
  if (!text.startsWith('-')) return parseDuration(text);
  const parsed = parseDuration(text.slice(1));
  return parsed.ok ? ok(-parsed.value) : parsed;
}
