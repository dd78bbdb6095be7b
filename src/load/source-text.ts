import type { SourceText } from './expression/compile.ts';
import type { Span } from './line-map.ts';
import type { Report } from './report.ts';
import type { YamlScalar } from './yaml/node.ts';
import { sourceOffset } from './yaml/offsets.ts';
import { quoted } from './yaml/traps.ts';

/** A part of a scalar's decoded text, with the places of its characters in the file. */
export function sourceTextOf(scalar: YamlScalar, report: Report, start = 0, end = scalar.text.length): SourceText {
  return {
    text: scalar.text.slice(start, end),
    place: (from, to) => placeIn(scalar, report, start + from, start + to),
  };
}

export function placeIn(scalar: YamlScalar, report: Report, start: number, end: number): Span {
  const { text } = report.source;
  return { start: sourceOffset(text, scalar, start), end: sourceOffset(text, scalar, end) };
}

/** Reports a comment behind an unquoted expression: what stands behind the `#` may have been meant as part of it. */
export function refuseComment(scalar: YamlScalar, report: Report): boolean {
  if (scalar.style !== 'plain') return false;
  const rest = /^[ \t]+(#[^\r\n]*)/.exec(report.source.text.slice(scalar.at.end, scalar.at.end + 400));
  if (rest === null) return false;
  const start = scalar.at.end + rest[0].length - (rest[1]?.length ?? 0);
  report.error(
    'E_COMMENT',
    { start, end: scalar.at.end + rest[0].length },
    'YAML cuts the value here: a comment may not follow an expression on its line',
    `put the comment on a line of its own, or quote the value: ${quoted(`${scalar.text}${rest[0]}`)}`,
  );
  return true;
}
