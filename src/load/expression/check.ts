import { EvaluationError, type Environment } from '@marcbachmann/cel-js';
import { compilePattern } from '../../util/pattern.ts';
import { suggest } from '../../util/suggest.ts';
import { FUNCTIONS, METHODS } from './functions.ts';
import type { Shape } from './shape.ts';
import { checkedType, macroOf, partsOf, shapeOfNode, visit, type ASTNode } from './syntax.ts';
import { checkParams } from './check-params.ts';
import { rangeOf, type Problem } from './problem.ts';
import type { TypedScope } from './typed-scope.ts';

export const SECRET_HINT = 'give it whole, as "${{ params.x }}", to env, to stdin or to a secret param';

const INSTEAD: Readonly<Record<string, string>> = {
  matches: "write re(text, 'pattern')",
  string: 'write text(x)',
  bool: 'compare instead: x == "true"',
  lastIndexOf: 'use split() and the last element',
  bind: 'write the expression out',
  dyn: 'values keep their types here',
  type: 'values keep their types here',
};

/** Before types are checked: names that are visible, functions of the language, no null, no bytes. */
export function checkNames(root: ASTNode, scope: TypedScope): readonly Problem[] {
  const problems: Problem[] = [...checkParams(root, scope)];
  visit(root, (node, locals) => {
    const problem = problemOfNode(node, locals, scope);
    if (problem !== undefined) problems.push(problem);
  });
  return problems;
}

function problemOfNode(node: ASTNode, locals: ReadonlySet<string>, scope: TypedScope): Problem | undefined {
  switch (node.op) {
    case 'id':
      return locals.has(node.args) ? undefined : unknownName(node, node.args, scope);
    case '.':
      return findingProblem(node, locals, scope);
    case 'call':
      return FUNCTIONS.has(node.args[0]) ? undefined : unknownFunction(node, node.args[0], node.start, FUNCTIONS);
    case 'rcall':
      if (METHODS.has(node.args[0])) return variableProblem(node);
      return unknownFunction(node, node.args[0], node.input.indexOf(node.args[0], node.args[1].end), METHODS);
    case 'value':
      if (node.args === null)
        return {
          ...rangeOf(node),
          code: 'E_NULL',
          message: 'there is no null in the language',
          hint: 'compare with "", 0 or [], or test the field that says whether it exists',
        };
      if (typeof node.args === 'object')
        return {
          ...rangeOf(node),
          code: 'E_TYPE',
          message: 'bytes and unsigned numbers are not part of the language',
          hint: 'write a text or an int',
        };
      if (typeof node.args === 'bigint' && BigInt.asIntN(64, node.args) !== node.args)
        return {
          ...rangeOf(node),
          code: 'E_INT',
          message: 'this is more than an int can hold (64 bits)',
          hint: 'write a smaller number, or a double such as 1e19',
        };
      return undefined;
    case '.?':
    case '[?]':
      return {
        ...rangeOf(node),
        code: 'E_SYNTAX',
        message: 'optional access is not part of the language',
        hint: 'use has(x.y)',
      };
    default:
      return undefined;
  }
}

function unknownName(node: ASTNode, name: string, scope: TypedScope): Problem | undefined {
  if (scope.variables.has(name)) return undefined;
  const hidden = scope.hidden.get(name);
  if (hidden !== undefined) return { ...rangeOf(node), code: 'E_REF', ...hidden };
  const near = suggest(name, scope.variables.keys()) ?? suggest(name, scope.hidden.keys());
  if (/^(?:yes|no|on|off|y|n)$/i.test(name) && near === undefined)
    return { ...rangeOf(node), code: 'E_BOOL', message: `${name} is no bool`, hint: 'write true or false' };
  const hint = near === undefined ? `known here: ${[...scope.variables.keys()].join(', ')}` : `did you mean ${near}?`;
  return { ...rangeOf(node), code: 'E_REF', message: `${name} is not defined`, hint };
}

function findingProblem(
  node: ASTNode & { readonly op: '.' },
  locals: ReadonlySet<string>,
  scope: TypedScope,
): Problem | undefined {
  const [left, field] = node.args;
  const range = { start: node.end - field.length, end: node.end };
  const open = scope.variables.get('findings')?.kind === 'unknown';
  if (left.op === 'id' && left.args === 'findings' && !locals.has('findings') && scope.variables.has('findings')) {
    if (open) return undefined;
    if (scope.findings.has(field)) return undefined;
    const hidden = scope.hidden.get(`findings.${field}`);
    if (hidden !== undefined) return { ...range, code: 'E_REF', ...hidden };
    const near = suggest(field, scope.findings.keys());
    return {
      ...range,
      code: 'E_REF',
      message: `there is no finding ${field}`,
      hint: near === undefined ? allOf(scope.findings.keys()) : `did you mean ${near}?`,
    };
  }
  if (left.op !== '.' || left.args[0].op !== 'id' || left.args[0].args !== 'findings' || locals.has('findings'))
    return undefined;
  if (scope.findings.get(left.args[1]) !== 'items' || field === 'items') return undefined;
  return {
    ...range,
    code: 'E_REF',
    message: `a finding can read only its own items, not its ${field}`,
    hint: 'write the condition out again',
  };
}

function allOf(findings: Iterable<string>): string {
  const names = [...findings];
  return names.length === 0
    ? 'a finding can read those before it, and this is the first'
    : `there are ${names.join(', ')}`;
}

function variableProblem(node: ASTNode): Problem | undefined {
  const macro = macroOf(node);
  if (macro === undefined || macro.variable.op === 'id') return undefined;
  return {
    ...rangeOf(macro.variable),
    code: 'E_SYNTAX',
    message: 'the first argument must be a name',
    hint: 'such as list.filter(m, m.size > 0)',
  };
}

function unknownFunction(node: ASTNode, name: string, start: number, known: ReadonlySet<string>): Problem {
  const near = suggest(name, known);
  const hint = INSTEAD[name] ?? (near === undefined ? `there are ${[...known].join(', ')}` : `did you mean ${near}()?`);
  return {
    code: 'E_FUNCTION',
    start,
    end: start < 0 ? node.end : start + name.length,
    message: `there is no function ${name}()`,
    hint,
  };
}

/** After types were checked: what the library lets pass. */
export function checkMeaning(root: ASTNode, scope: TypedScope): readonly Problem[] {
  const problems: Problem[] = [];
  visit(root, (node) => {
    if (node.op === 'call') problems.push(...callProblems(node, scope));
    if (node.op === '[]') problems.push(...indexProblems(node));
    if (shapeOfNode(node, scope.table).kind === 'secret' && !(node === root && isParam(node))) {
      problems.push(secretProblem(node));
    }
  });
  return problems;
}

function secretProblem(node: ASTNode): Problem {
  return {
    ...rangeOf(node),
    code: 'E_SECRET',
    message: 'a secret cannot be used in an expression',
    hint: SECRET_HINT,
  };
}

function callProblems(node: ASTNode & { readonly op: 'call' }, scope: TypedScope): readonly Problem[] {
  const [name, args] = node.args;
  const argument = args.at(-1);
  if (argument === undefined) return [];
  if (name === 'has') return hasProblems(argument, scope);
  if (name === 're') return patternProblems(argument);
  if ((name === 'duration' || name === 'timestamp') && argument.op === 'value' && typeof argument.args === 'string') {
    return literalProblems(name, argument, argument.args, scope.environment);
  }
  return [];
}

function hasProblems(argument: ASTNode, scope: TypedScope): readonly Problem[] {
  const found = shapeOfPath(argument, scope);
  if ('problem' in found) return [found.problem];
  return found.shape.kind === 'secret' ? [secretProblem(argument)] : [];
}

/** The type of `a.b.c` inside `has()`, where the library checks only `a`. */
function shapeOfPath(node: ASTNode, scope: TypedScope): { readonly shape: Shape } | { readonly problem: Problem } {
  if (node.op !== '.') return { shape: shapeOfNode(node, scope.table) };
  const [left, field] = node.args;
  const parent = shapeOfPath(left, scope);
  if ('problem' in parent || parent.shape.kind === 'unknown') return parent;
  if (parent.shape.kind === 'map') return { shape: parent.shape.of };
  const shape = parent.shape.kind === 'object' ? parent.shape.object.fields.get(field) : undefined;
  if (shape !== undefined) return { shape };
  const fields = parent.shape.kind === 'object' ? [...parent.shape.object.fields.keys()] : [];
  const near = suggest(field, fields);
  const hint = near === undefined ? fieldHint(fields) : `did you mean ${near}?`;
  return {
    problem: {
      code: 'E_FIELD',
      start: node.end - field.length,
      end: node.end,
      message: `there is no field ${field}`,
      hint,
    },
  };
}

/** Only `params` may have no field at all. */
export function fieldHint(fields: readonly string[]): string {
  return fields.length === 0 ? 'it has none: declare it under params' : `it has ${fields.slice(0, 20).join(', ')}`;
}

function patternProblems(argument: ASTNode): readonly Problem[] {
  if (argument.op !== 'value' || typeof argument.args !== 'string') {
    return [
      {
        ...rangeOf(argument),
        code: 'E_REGEX',
        message: 'the pattern of re() must be written out',
        hint: "such as re(x, 'err(or)?')",
      },
    ];
  }
  const pattern = compilePattern(argument.args);
  if (pattern.ok) return [];
  const { message, part } = pattern.error;
  const at = part === '' ? -1 : argument.input.indexOf(part, argument.start);
  const range = at >= argument.start && at < argument.end ? { start: at, end: at + part.length } : rangeOf(argument);
  return [
    {
      ...range,
      code: 'E_REGEX',
      message: `not an RE2 pattern: ${message}`,
      hint: 'look-around and back-references do not exist in RE2',
    },
  ];
}

function literalProblems(
  name: 'duration' | 'timestamp',
  node: ASTNode,
  text: string,
  environment: Environment,
): readonly Problem[] {
  const hint =
    name === 'duration'
      ? 'write it like "90s", "5m" or "1h30m"; days are only for YAML values'
      : 'write it like "2026-01-31T08:00:00Z"';
  const problem = {
    ...rangeOf(node),
    code: name === 'duration' ? 'E_DURATION' : 'E_TIMESTAMP',
    message: `${JSON.stringify(text.slice(0, 80))} is not a ${name}`,
    hint,
  };
  if (name === 'duration' && !/^-?(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h))+$/.test(text)) return [problem];
  try {
    environment.evaluate(`${name}(${JSON.stringify(text)})`);
    return [];
  } catch (error) {
    if (error instanceof EvaluationError) return [problem];
    throw error;
  }
}

/** `object[name]` would have no type. */
function indexProblems(node: ASTNode & { readonly op: '[]' }): readonly Problem[] {
  const [left, index] = node.args;
  if (checkedType(left)?.kind !== 'message' || index.op === 'value') return [];
  return [
    {
      ...rangeOf(index),
      code: 'E_TYPE',
      message: 'a field of an object must be written out',
      hint: 'write object.field',
    },
  ];
}

function isParam(node: ASTNode): boolean {
  return node.op === '.' && partsOf(node)[0]?.op === 'id';
}
