import type { Json } from './json.ts';
import { printable } from './printable.ts';

/** The value as a YAML 1.2 block, for people to read: texts of several lines as they are, all else on one line. No null is in it. */
export function yamlText(value: Json): string {
  return `${linesOf(value).join('\n')}\n`;
}

function linesOf(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return [scalar(value)];
  if (isArray(value)) return value.flatMap((item) => underMark('- ', item));
  return Object.entries(value).flatMap(([name, member]) => underKey(scalar(name), member));
}

/** Of an item of a list: its first line beside the mark, the others below. */
function underMark(mark: string, item: Json): readonly string[] {
  if (isFlat(item) || isText(item)) return underKey('-', item, '');
  return linesOf(item).map((line, index) => (index === 0 ? mark + line : indented(line)));
}

function underKey(key: string, value: Json, colon = ':'): readonly string[] {
  const head = `${key}${colon}`;
  if (isText(value)) return block(head, value);
  if (isFlat(value)) return [`${head} ${flat(value)}`];
  return [head, ...linesOf(value).map(indented)];
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
const isText = (value: Json): value is string => typeof value === 'string' && value.includes('\n') && isPlain(value);

/** Short lists of scalars, and what is empty, read best on one line. */
function isFlat(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const members = isArray(value) ? value : Object.values(value);
  if (members.length === 0) return true;
  return (
    isArray(value) && members.every((item) => typeof item !== 'object' && !isText(item)) && flat(value).length <= 80
  );
}

function flat(value: Json): string {
  if (typeof value !== 'object' || value === null) return scalar(value);
  return isArray(value) ? `[${value.map(flatItem).join(', ')}]` : '{}';
}

/** Between brackets more signs have a meaning. */
const flatItem = (value: Json): string =>
  typeof value === 'string' && !WORD.test(value) ? quoted(value) : flat(value);

/** Empty lines stay empty, and a block is never broken. */
const indented = (line: string): string => (line === '' ? '' : `  ${line}`);

function block(head: string, text: string): readonly string[] {
  const body = text.replace(/\n+$/, '');
  const ends = text.length - body.length;
  const chomping = ends === 0 ? '-' : ends === 1 ? '' : '+';
  const indentation = /^\s/.test(text) ? '2' : '';
  const lines = body.split('\n').map(indented);
  return [`${head} |${indentation}${chomping}`, ...lines, ...Array.from({ length: Math.max(0, ends - 1) }, () => '')];
}

function scalar(value: Exclude<Json, object>): string {
  if (typeof value !== 'string') return String(value);
  return (PLAIN.test(value) && !MEANS.test(value)) || DURATION.test(value) ? value : quoted(value);
}

const WORD = /^[A-Za-z_/][\w./-]*$/;
const PLAIN = /^[A-Za-z_/](?:[\w./@%+=,()-]| (?=[\w./(]))*$/;
const DURATION = /^(?:\d+[dhms])*\d+(?:ms|[dhms])$/;
/** What YAML, or its older version, reads as something else. */
const MEANS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** JSON is YAML; what a reader would not see is escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(HIDDEN, (sign) => {
    const code = (sign.codePointAt(0) ?? 0).toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
}

const HIDDEN =
  /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180E\u3164\uFFA0\uFFFE\uFFFF\u{E0000}-\u{E0FFF}]/gu;

/** Every character can stand in a block as it is, and is seen there. */
function isPlain(text: string): boolean {
  return /\S/.test(text) && !text.includes('\r') && printable(text) === text && text.search(HIDDEN) < 0;
}
