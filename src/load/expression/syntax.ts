import type { ASTNode, TypeDeclaration } from '@marcbachmann/cel-js';
import { MACROS } from './functions.ts';
import type { Shape, ShapeTable } from './shape.ts';
import { CEL_DURATION, CEL_TIMESTAMP } from './shape.ts';

export type { ASTNode } from '@marcbachmann/cel-js';

/** The direct parts of a syntax node, in the order of the text. */
export function partsOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** `list.filter(m, ...)`: a call whose first argument names a variable. */
export function macroOf(
  node: ASTNode,
): { readonly variable: ASTNode; readonly receiver: ASTNode; readonly bodies: readonly ASTNode[] } | undefined {
  if (node.op !== 'rcall' || !MACROS.has(node.args[0])) return undefined;
  const [, receiver, [variable, ...bodies]] = node.args;
  return variable === undefined ? undefined : { variable, receiver, bodies };
}

/** Every node with the macro variables that are known there. */
export function visit(
  node: ASTNode,
  see: (node: ASTNode, locals: ReadonlySet<string>) => void,
  locals: ReadonlySet<string> = new Set(),
): void {
  see(node, locals);
  const macro = macroOf(node);
  if (macro === undefined) {
    for (const part of partsOf(node)) visit(part, see, locals);
    return;
  }
  visit(macro.receiver, see, locals);
  const inner = macro.variable.op === 'id' ? new Set([...locals, macro.variable.args]) : locals;
  for (const body of macro.bodies) visit(body, see, inner);
}

/** What is read of the object with this name: `x` of `params.x` and of `params["x"]`. */
export function memberOf(name: string, node: ASTNode, locals: ReadonlySet<string>): string | undefined {
  if ((node.op !== '.' && node.op !== '[]') || locals.has(name)) return undefined;
  const [left, member] = node.args;
  if (left.op !== 'id' || left.args !== name) return undefined;
  if (typeof member === 'string') return member;
  return member.op === 'value' && typeof member.args === 'string' ? member.args : undefined;
}

export function countNodes(node: ASTNode): number {
  return partsOf(node).reduce((sum, part) => sum + countNodes(part), 1);
}

/** The library keeps the type of each node it has checked on the node. */
export function checkedType(node: ASTNode): TypeDeclaration | undefined {
  return (node as { readonly checkedType?: TypeDeclaration }).checkedType;
}

export function shapeOfNode(node: ASTNode, table: ShapeTable): Shape {
  return shapeOfDeclaration(checkedType(node), table);
}

function shapeOfDeclaration(type: TypeDeclaration | undefined, table: ShapeTable): Shape {
  switch (type?.kind) {
    case 'list':
    case 'map':
      return { kind: type.kind, of: shapeOfDeclaration(type.valueType, table) };
    case 'primitive':
      return isPrimitive(type.name) ? { kind: type.name } : { kind: 'unknown' };
    case 'message': {
      if (type.name === CEL_DURATION) return { kind: 'duration' };
      if (type.name === CEL_TIMESTAMP) return { kind: 'timestamp' };
      if (type.name === 'Secret') return { kind: 'secret' };
      const object = table.object(type.name);
      return object === undefined ? { kind: 'unknown' } : { kind: 'object', object };
    }
    default:
      return { kind: 'unknown' };
  }
}

function isPrimitive(name: string): name is 'string' | 'int' | 'double' | 'bool' {
  return name === 'string' || name === 'int' || name === 'double' || name === 'bool';
}

/**
 * Calls `before` each time the node is evaluated. The library replaces a node's `evaluate` with the final one on first use, so
 * the replacement is what is wrapped.
 */
export function beforeEvaluation(node: ASTNode, before: () => void): void {
  type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown;
  const target = node as unknown as { evaluate: Evaluate };
  let inner = target.evaluate;
  const wrapped: Evaluate = (evaluator, self, context) => {
    before();
    return inner.call(target, evaluator, self, context);
  };
  Object.defineProperty(target, 'evaluate', {
    get: () => wrapped,
    set: (next: Evaluate) => {
      inner = next;
    },
  });
}
