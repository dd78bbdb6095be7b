import type { Condition } from '../model/expression.ts';
import { compile, type Compiled } from './expression/compile.ts';
import { asCondition } from './expression/condition.ts';
import { shapeInWords } from './expression/shape.ts';
import type { Place } from './place.ts';
import { refuseComment, sourceTextOf } from './source-text.ts';
import { hasSpan, scanSpans } from './spans.ts';
import type { YamlNode } from './yaml/node.ts';

/** The value of a key that holds a bare expression, such as `when` or `items`. */
export function readExpression(node: YamlNode, key: string, place: Place): Compiled | undefined {
  const { report } = place;
  // The structure check has said so.
  if (node.kind !== 'scalar' || typeof node.value === 'number') return undefined;
  if (hasSpan(node.text)) {
    const pieces = scanSpans(node.text);
    const inner = pieces.ok
      ? pieces.value.map((piece) => (piece.kind === 'span' ? piece.source : piece.text)).join('')
      : node.text;
    return void report.error(
      'E_BARE',
      node.at,
      `${key} holds a bare expression: leave out the \${{ }}`,
      `write ${key}: ${inner}`,
    );
  }
  if (refuseComment(node, report)) return undefined;
  return compile(sourceTextOf(node, report), place.typed, report);
}

export function readCondition(node: YamlNode, key: string, place: Place): Condition | undefined {
  const compiled = readExpression(node, key, place);
  if (compiled === undefined) return undefined;
  if (compiled.shape.kind === 'bool' || compiled.shape.kind === 'unknown') return asCondition(compiled);
  place.report.error(
    'E_TYPE',
    node.at,
    `${key} must be true or false, but this is ${shapeInWords(compiled.shape)}`,
    'compare it with something',
  );
  return undefined;
}

/** One condition, or a list of them: each gives a verdict of its own. */
export function readConditions(node: YamlNode, key: string, place: Place): readonly Condition[] {
  const nodes = node.kind === 'list' ? node.items : [node];
  return nodes.map((item) => readCondition(item, key, place)).filter((condition) => condition !== undefined);
}
