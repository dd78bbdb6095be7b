import type { Report } from '../report.ts';
import type { YamlRules } from './build.ts';

// Line and paragraph separators are among the controls: a viewer breaks the line there, the parser does not.
const CONTROL = String.raw`\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\uFFFE\uFFFF`;
const BIDI = String.raw`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069`;
const INVISIBLE = String.raw`\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200D\u2060-\u2064\u206A-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{E0000}-\u{E007F}`;
const SURROGATE = String.raw`\uD800-\uDFFF`;

/** A file full of them is not read to its end. */
const MAX_REPORTED = 50;

const SUSPECT = new RegExp(`[${CONTROL}${BIDI}${INVISIBLE}${SURROGATE}]`, 'gu');
const IS_CONTROL = new RegExp(`[${CONTROL}]`, 'u');
const IS_BIDI = new RegExp(`[${BIDI}]`, 'u');
const IS_SURROGATE = new RegExp(`[${SURROGATE}]`, 'u');
const WIDE_INDENT = /^[ \t]*([\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000])/gm;

/**
 * Reports characters that a reader does not see, or that make the text look different from what it is. Ansible's files may have
 * all but control characters: there they are mostly in texts for people.
 */
export function checkCharacters(report: Report, { lenient }: Pick<YamlRules, 'lenient'>): void {
  const { text } = report.source;
  let found = 0;
  for (const match of text.matchAll(SUSPECT)) {
    if (match.index === 0 && match[0] === '\uFEFF') continue;
    if (lenient && !IS_CONTROL.test(match[0])) continue;
    if (++found > MAX_REPORTED) return;
    const span = { start: match.index, end: match.index + match[0].length };
    const name = codePoint(match[0]);
    if (IS_CONTROL.test(match[0])) {
      report.error(
        'E_CONTROL',
        span,
        `control character ${name}`,
        'remove it; inside double quotes it can be written as an escape such as \\u0007',
      );
    } else if (IS_BIDI.test(match[0])) {
      report.error(
        'E_BIDI',
        span,
        `${name} changes the direction of the text, which then reads differently from what it does`,
        'remove it',
      );
    } else if (IS_SURROGATE.test(match[0])) {
      report.error('E_ENCODING', span, `half a character (${name}) at offset ${match.index}`, 'save the file as UTF-8');
    } else {
      report.error('E_INVISIBLE', span, `invisible character ${name}`, 'remove it');
    }
  }
  if (lenient) return;
  for (const match of text.matchAll(WIDE_INDENT)) {
    if (++found > MAX_REPORTED) return;
    const at = match.index + match[0].length - 1;
    report.error(
      'E_INVISIBLE',
      { start: at, end: at + 1 },
      `${codePoint(match[1] ?? '')} in the indentation looks like a space`,
      'use spaces',
    );
  }
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
