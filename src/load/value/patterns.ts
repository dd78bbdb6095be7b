import { readLiteral } from '../../model/literal.ts';
import { compilePattern } from '../../util/pattern.ts';
import type { Span } from '../line-map.ts';
import type { Place } from '../place.ts';
import { placeIn } from '../source-text.ts';
import { hasSpan } from '../spans.ts';
import { plainValue, type YamlNode } from '../yaml/node.ts';
import { literalTree, type Tree } from './tree.ts';

/** Names with patterns, all written out: the result of the step has a field for each name. */
export function readPatterns(node: YamlNode, key: string, place: Place): Tree | undefined {
  const entries = node.kind === 'map' ? [...node.entries] : [];
  const reported = entries.filter(
    ([name, entry]) => reportName(name, entry.key, place) || reportPattern(entry.value, place),
  );
  if (reported.length > 0) return undefined;
  const value = readLiteral({ kind: 'patterns' }, plainValue(node));
  if (value.ok) return literalTree(value.value);
  return void place.report.error('E_TYPE', node.at, `${key}: ${value.error}`);
}

/** One pattern, written out. */
export function readPattern(node: YamlNode, place: Place): Tree | undefined {
  return reportPattern(node, place) ? undefined : literalTree(plainValue(node));
}

function reportName(name: string, at: Span, place: Place): boolean {
  if (/^[a-z][a-z0-9_]*$/.test(name)) return false;
  place.report.error(
    'E_ID',
    at,
    `${JSON.stringify(name.slice(0, 80))} cannot be the name of a pattern`,
    'lower-case letters, digits and _',
  );
  return true;
}

/** True when it was wrong and has been reported, with the place inside the pattern. */
function reportPattern(node: YamlNode, place: Place): boolean {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    const found = node.kind === 'scalar' ? node.text : `a ${node.kind}`;
    place.report.error(
      'E_REGEX',
      node.at,
      `a pattern is a text, found ${found}`,
      "write it in single quotes: 'No space'",
    );
    return true;
  }
  if (hasSpan(node.value)) {
    place.report.error('E_REGEX', node.at, 'a pattern must be written out', 'a ${{ }} cannot stand in a pattern');
    return true;
  }
  const pattern = compilePattern(node.value);
  if (pattern.ok) return false;
  const { message, part } = pattern.error;
  const at = Math.max(0, part === '' ? 0 : node.text.indexOf(part));
  const end = part === '' ? node.text.length : at + part.length;
  place.report.error(
    'E_REGEX',
    placeIn(node, place.report, at, end),
    `not an RE2 pattern: ${message}`,
    'patterns are RE2: no look-around and no back-references; a literal parenthesis is \\(',
  );
  return true;
}
