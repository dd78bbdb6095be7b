import type { Condition } from '../model/expression.ts';
import { compile, type Compiled } from './expression/compile.ts';
import { asCondition } from './expression/condition.ts';
import { shapeInWords } from './expression/shape.ts';
import { checkedType, visit } from './expression/syntax.ts';
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
  const compiled = compile(sourceTextOf(node, report), place.typed, report);
  if (compiled !== undefined) warnOfDoubleEquality(compiled, place);
  return compiled;
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

function warnOfDoubleEquality(compiled: Compiled, place: Place): void {
  visit(compiled.root, (node) => {
    if (node.op !== '==' && node.op !== '!=') return;
    if (!node.args.some((operand) => checkedType(operand)?.name === 'double')) return;
    place.report.warning(
      'W_DOUBLE_EQUAL',
      compiled.source.place(node.start, node.end),
      `a double compared with ${node.op} is hardly ever equal`,
      'use < and >, or round it with int()',
    );
  });
}
