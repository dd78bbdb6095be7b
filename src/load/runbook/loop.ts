import type { Expression } from '../../model/expression.ts';
import type { GroupLoop } from '../../model/runbook.ts';
import type { Json } from '../../util/json.ts';
import { readExpression } from '../conditions.ts';
import { celType, defineObject, shapeInWords, type Shape } from '../expression/shape.ts';
import type { Place } from '../place.ts';
import { hasSpan } from '../spans.ts';
import { compilePiece, readParts, readPieces } from '../text.ts';
import { asExpression, jsonOf, listTree, literalTree, mapped, mapTree, textTree, type Tree } from '../value/tree.ts';
import type { YamlMap, YamlNode, YamlScalar } from '../yaml/node.ts';

export interface Loop {
  readonly items: Expression<readonly Json[]>;
  /** The type of `item`. */
  readonly item: Shape;
}

/** A loop of a group, read once for all its steps. */
export interface ReadGroupLoop {
  readonly loop: GroupLoop;
  readonly item: Shape;
}

interface Typed {
  readonly shape: Shape;
  readonly tree: Tree;
}

/** `loop`: an expression that gives a list, or a list written out, all items of one type. */
export function readLoop(node: YamlNode, place: Place): Loop | undefined {
  if (node.kind === 'list') {
    const list = readList(node.items, node, place);
    return list === undefined ? undefined : { item: list.shape, items: asExpression(list.tree, node.at, place.report) };
  }
  const compiled = readExpression(node, 'loop', place);
  if (compiled === undefined) return undefined;
  const { shape, references } = compiled;
  if (shape.kind !== 'list' && shape.kind !== 'unknown') {
    place.report.error(
      'E_TYPE',
      node.at,
      `loop needs a list, but this is ${shapeInWords(shape)}`,
      'write [ ... ] around a single item',
    );
    return undefined;
  }
  const tree: Tree = {
    references,
    evaluate: (scope) => {
      const value = compiled.run(scope);
      return value.ok ? jsonOf(value.value) : value;
    },
  };
  return {
    item: shape.kind === 'list' ? shape.of : { kind: 'unknown' },
    items: asExpression(tree, node.at, place.report),
  };
}

function readList(items: readonly YamlNode[], at: YamlNode, place: Place): Typed | undefined {
  const read = items.map((item) => readItem(item, place));
  const typed = read.filter((item) => item !== undefined);
  if (typed.length < read.length) return undefined;
  const [first] = typed;
  const other = typed.findIndex((item) => first !== undefined && celType(item.shape) !== celType(first.shape));
  if (other >= 0 && first !== undefined) {
    const found = shapeInWords(typed[other]?.shape ?? first.shape);
    place.report.error(
      'E_TYPE',
      items[other]?.at ?? at.at,
      `all items of a list have one type: expected ${shapeInWords(first.shape)}, found ${found}`,
      'quote the numbers, or make a second step of them',
    );
    return undefined;
  }
  return { shape: first?.shape ?? { kind: 'unknown' }, tree: listTree(typed.map(({ tree }) => tree)) };
}

function readItem(node: YamlNode, place: Place): Typed | undefined {
  switch (node.kind) {
    case 'scalar':
      return readScalar(node, place);
    case 'list': {
      const list = readList(node.items, node, place);
      return list === undefined ? undefined : { shape: { kind: 'list', of: list.shape }, tree: list.tree };
    }
    case 'map':
      return readMap(node, place);
  }
}

function readScalar(node: YamlScalar, place: Place): Typed | undefined {
  const { value } = node;
  if (typeof value === 'boolean') return { shape: { kind: 'bool' }, tree: literalTree(value) };
  if (typeof value === 'number')
    return { shape: { kind: node.text.includes('.') ? 'double' : 'int' }, tree: literalTree(value) };
  if (typeof value !== 'string') {
    return void place.report.error('E_SECRET', node.at, 'a secret cannot be the item of a loop');
  }
  if (!hasSpan(value)) return { shape: { kind: 'string' }, tree: literalTree(value) };
  const pieces = readPieces(node, place);
  const [only] = pieces ?? [];
  if (pieces?.length !== 1 || only?.kind !== 'span') {
    const parts = pieces === undefined ? undefined : readParts(node, place);
    return parts === undefined ? undefined : { shape: { kind: 'string' }, tree: textTree(parts, { kind: 'string' }) };
  }
  const compiled = compilePiece(only, node, place);
  if (compiled === undefined) return undefined;
  if (compiled.shape.kind === 'secret')
    return void place.report.error('E_SECRET', node.at, 'a secret cannot be the item of a loop');
  return {
    shape: compiled.shape,
    tree: mapped({ references: compiled.references, evaluate: (scope) => compiled.run(scope) }, jsonOf),
  };
}

/** Maps with the same keys and types are one type, whichever list they stand in. */
function readMap(node: YamlMap, place: Place): Typed | undefined {
  const entries = [...node.entries].map(([key, entry]) => [key, readItem(entry.value, place)] as const);
  const typed = entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const]));
  if (typed.length < entries.length) return undefined;
  const fields = new Map(typed.map(([key, item]) => [key, item.shape]));
  const name = `item.${[...fields]
    .map(([key, shape]) => `${key}_${celType(shape)}`)
    .join('.')
    .replaceAll(/[^\w.]/g, '_')}`;
  const { table } = place.typed;
  let object = table.object(name);
  if (object === undefined) {
    object = defineObject(name, fields);
    table.adopt(object);
  }
  return { shape: { kind: 'object', object }, tree: mapTree(typed.map(([key, item]) => [key, item.tree])) };
}
