import type { Span } from './line-map.ts';
import type { Report } from './report.ts';

const DIGIT_GROUP = /(?<!\\)\((\d+)\)/;

/** `(28)` in a pattern is a group, and hardly ever meant as one. `place`: where that part of the pattern stands in the file. */
export function warnOfDigitGroup(pattern: string, report: Report, place: (group: string, at: number) => Span): void {
  const match = DIGIT_GROUP.exec(pattern);
  if (match === null) return;
  const [group, digits = ''] = match;
  report.warning(
    'W_GROUP_DIGITS',
    place(group, match.index),
    `${group} is a group: it matches ${digits} without parentheses`,
    `for a literal parenthesis write '\\(${digits}\\)'`,
  );
}
