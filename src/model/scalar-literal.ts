import { formatDuration, parseDuration } from '../util/duration.ts';
import { compilePattern } from '../util/pattern.ts';
import { err, ok, type Result } from '../util/result.ts';
import { Secret } from '../util/secret.ts';
import { suggest } from '../util/suggest.ts';
import { quoteShort } from '../util/shorten.ts';

/** `!secret NAME` in a file: where a secret's value comes from, never the value. */
export class SecretName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value in words for a message: quoted, and cut at 80 characters. */
export function describeValue(value: unknown): string {
  if (value instanceof Secret || value instanceof SecretName) return 'a secret';
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return typeof value;
  return quoteShort(value);
}

/** RFC 3339 with a zone, and a date that exists. */
export function isTimestamp(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (match === null || Number.isNaN(Date.parse(text))) return false;
  const day = match[1] ?? '';
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** Ten years: beyond it a date would leave the range of dates. */
const MAX_DURATION_MS = 3650 * 86_400_000;

export function expected(what: string, value: unknown): Result<never, string> {
  return err(`expected ${what}, found ${describeValue(value)}`);
}

export function readString(
  type: { readonly enum?: readonly string[]; readonly pattern?: string; readonly form?: string },
  value: unknown,
): Result<string, string> {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return err(
      `expected text, found ${value}, which YAML reads as a ${typeof value === 'number' ? 'number' : 'boolean'}: quote it`,
    );
  }
  if (typeof value !== 'string') return expected('text', value);
  if (type.enum !== undefined && !type.enum.includes(value)) {
    const near = suggest(value, type.enum);
    return err(
      `expected one of ${type.enum.join(', ')}, found ${describeValue(value)}${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }
  if (type.pattern !== undefined) {
    const pattern = compilePattern(type.pattern);
    if (pattern.ok && !pattern.value.matches(value))
      return expected(type.form ?? `text that matches ${type.pattern}`, value);
  }
  return ok(value);
}

export function readInt(
  type: { readonly minimum?: number; readonly maximum?: number },
  value: unknown,
): Result<number, string> {
  if (isTooLarge(value)) {
    const most = Number.MAX_SAFE_INTEGER;
    return err(`expected a whole number from -${most} to ${most}, which are exact, found a larger one`);
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    const { minimum, maximum } = type;
    const range = minimum !== undefined && maximum !== undefined ? ` from ${minimum} to ${maximum}` : '';
    return expected(`a whole number${range}`, value);
  }
  return inRange(type, value);
}

/** Such digits would be another number. */
function isTooLarge(value: unknown): boolean {
  if (typeof value === 'string') return /^-?\d{16,}$/.test(value);
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

export function inRange(
  type: { readonly minimum?: number; readonly maximum?: number },
  value: number,
): Result<number, string> {
  if (type.minimum !== undefined && value < type.minimum)
    return err(`expected at least ${type.minimum}, found ${value}`);
  if (type.maximum !== undefined && value > type.maximum)
    return err(`expected at most ${type.maximum}, found ${value}`);
  return ok(value);
}

export function readBool(value: unknown): Result<boolean, string> {
  return typeof value === 'boolean' ? ok(value) : expected(notBool(value), value);
}

function notBool(value: unknown): string {
  const meant = typeof value === 'string' && /^(?:yes|no|on|off|y|n|true|false)$/i.test(value);
  return meant ? 'true or false (yes, no, on and off are text in YAML 1.2)' : 'true or false';
}

export function readDuration(value: unknown): Result<string, string> {
  const parsed = typeof value === 'string' ? parseDuration(value) : undefined;
  if (parsed === undefined || !parsed.ok) return expected('a duration such as 500ms, 30s, 5m, 2h, 7d or 1h30m', value);
  if (parsed.value > MAX_DURATION_MS) return expected('a duration of at most 3650d', value);
  return ok(formatDuration(parsed.value));
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

export function readSize(value: unknown): Result<number, string> {
  const match = typeof value === 'string' ? /^(\d{1,15}(?:\.\d{1,6})?)([kKMGT]?i?B)$/.exec(value) : null;
  const unit = SIZE_UNITS[match?.[2] ?? ''];
  const bytes = Number(match?.[1]) * (unit ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? ok(bytes) : expected('a size such as 0B, 500MB (10^6) or 5GiB (2^30)', value);
}

export function readPercent(value: unknown): Result<number, string> {
  const match = typeof value === 'string' ? /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(value) : null;
  const share = Number(match?.[1]);
  return match !== null && share <= 100 ? ok(share) : expected('a share from 0% to 100%, with its sign', value);
}

export function readSince(value: unknown): Result<string, string> {
  if (value === 'fix' || (typeof value === 'string' && isTimestamp(value))) return ok(value);
  const duration = readDuration(value);
  return duration.ok
    ? duration
    : expected('a duration such as 24h, a time such as 2026-01-31T08:00:00Z, or fix', value);
}

export function readSecret(value: unknown): Result<Secret | SecretName, string> {
  if (value instanceof Secret || value instanceof SecretName) return ok(value);
  if (value === '') return ok(new Secret(''));
  return err('expected a secret, written !secret NAME; a secret in clear text is not accepted');
}
