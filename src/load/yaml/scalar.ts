import type { Report } from '../report.ts';
import type { Span } from '../line-map.ts';

export type Plain = string | number | boolean | undefined;

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);

/** A key with spaces or quotes is rather the end of a value. */
const CUT_HINT = 'if this is the rest of a value, quote all of it: inside { } a comma ends a value';

const NUMBER = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const EXACT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * The value of a plain scalar in the YAML 1.2 core schema. What the schema would change in silence is an error: `0644` (644),
 * `1e3`, `0x10`, integers that a double cannot hold, infinity. There is no null: the result is undefined after a report.
 */
export function resolvePlain(text: string, span: Span, report: Report, key = ''): Plain {
  if (NULLS.has(text)) {
    report.error(
      'E_NULL',
      span,
      `there is no null here${text === '' ? '' : `: ${text}`}`,
      text === '' && /[\s"'()]/.test(key) ? CUT_HINT : 'write a value, or "" for an empty text',
    );
    return undefined;
  }
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^(?:True|TRUE|False|FALSE)$/.test(text)) {
    report.error(
      'E_BOOL',
      span,
      `${text} is not how a boolean is written`,
      `write ${text.toLowerCase()}, or "${text}" for the text`,
    );
    return undefined;
  }
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text)) {
    report.error(
      'E_NUMBER',
      span,
      `${text} is not a number that can be used`,
      `write a number, or "${text}" for the text`,
    );
    return undefined;
  }
  if (/^0(?:x[0-9a-fA-F]+|o[0-7]+)$/.test(text)) return notExact(text, Number(text), span, report);
  if (!NUMBER.test(text)) return text;
  const number = Number(text);
  if (!EXACT.test(text)) return notExact(text, number, span, report);
  const whole = !text.includes('.');
  if (whole && !Number.isSafeInteger(number)) {
    report.error(
      'E_INT',
      span,
      `${text} is larger than a number can be exactly (2^53)`,
      `write "${text}" if it is a text`,
    );
    return undefined;
  }
  return number;
}

function notExact(text: string, number: number, span: Span, report: Report): undefined {
  const read = Number.isFinite(number) ? `YAML reads ${text} as ${number}` : `${text} is too large for a number`;
  const instead = Number.isFinite(number) && !/e/.test(String(number)) ? `${number}` : 'the digits';
  report.error('E_INT', span, read, `write ${instead} for the number, or "${text}" in quotes for the text`);
  return undefined;
}
