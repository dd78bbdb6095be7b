const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const INT = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$/;
const FLOAT = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
const INFINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** `1:30` is 90, `1:30.5` 90.5. */
const SIXTIES = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/**
 * The value of a plain scalar as PyYAML reads it, in YAML 1.1: `yes` is true, `0644` is 420, `1e3` a text. A date stays a text, and
 * so does a whole number that is not exact here.
 */
export function resolveYaml11(text: string): string | number | boolean | null {
  if (NULL.test(text)) return null;
  if (BOOL.test(text)) return /^(?:yes|true|on)$/i.test(text);
  if (INFINITE.test(text)) return infinite(text.toLowerCase());
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  if (INT.test(text)) return exact(wholeNumber(text), text);
  if (SIXTIES.test(text) && (text.includes('.') || !/^[-+]?0/.test(text))) return exact(sixties(text), text);
  return text;
}

function infinite(text: string): number {
  if (text === '.nan') return Number.NaN;
  return text.startsWith('-') ? -Infinity : Infinity;
}

const exact = (number: number, text: string): number | string =>
  Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;

function wholeNumber(text: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  const isOctal = /^0\d/.test(digits);
  const number = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' && number !== 0 ? -number : number;
}

function sixties(text: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  const number = digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return sign === '-' && number !== 0 ? -number : number;
}
