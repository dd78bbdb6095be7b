import {
  EvaluationError as CelEvaluationError,
  type ParseError,
  type TypeError as CelTypeError,
} from '@marcbachmann/cel-js';
import type { EvaluationError, Scope } from '../../model/expression.ts';
import type { StepStatus } from '../../model/result.ts';
import { suggest } from '../../util/suggest.ts';
import { BudgetError } from './budget.ts';
import { fieldHint, SECRET_HINT } from './check.ts';
import type { Problem } from './problem.ts';
import { CEL_DURATION, CEL_TIMESTAMP, type ShapeTable } from './shape.ts';
import { checkedType, shapeOfNode, type ASTNode } from './syntax.ts';
import { InputError } from './typed-scope.ts';
import { ConversionError } from './values.ts';

/** The library's complaint about a text that is no expression, in plain words. */
export function syntaxProblem(error: ParseError, source: string): Problem {
  const { start, end } = error.range ?? { start: 0, end: source.length };
  const words = error.summary
    .replace('Unexpected token: EOF', 'something is missing at the end')
    .replace(/^Exceeded maxDepth.*/, 'it is nested more than 100 deep')
    .replace(/^Exceeded maxAstNodes.*/, 'the expression has more than 10,000 parts')
    .replace(/, got EOF$/, ', but the expression ends');
  const single = /[^=!<>]=[^=]/.test(source) ? 'equality is written ==' : undefined;
  const escape = /^Invalid escape/i.test(error.summary)
    ? String.raw`write \\ for one backslash, or r'...' around a pattern`
    : undefined;
  const hint = /\b(?:and|or|not)\b/.test(source)
    ? 'write &&, || and !'
    : (escape ?? single ?? 'expressions are CEL, such as size(x.list) > 0 && x.name != ""');
  return {
    code: 'E_SYNTAX',
    start,
    end: Math.max(end, start + 1),
    message: `this is not an expression: ${lowerFirst(words)}`,
    hint,
  };
}

/** The library's complaint about types, in plain words. */
export function typeProblem(error: CelTypeError, root: ASTNode, table: ShapeTable): Problem {
  const { start, end } = error.range ?? { start: root.start, end: root.end };
  const node = error.node;
  const range = { start, end: Math.max(end, start + 1) };
  if (error.code === 'no_such_key' && node !== undefined) return fieldProblem(node, table);
  if (error.code === 'no_such_overload' && node !== undefined)
    return { ...range, ...overloadProblem(error.summary, table) };
  if (error.code === 'no_matching_overload') {
    const call = /for '(.*)'$/.exec(error.summary)?.[1] ?? '';
    return { ...range, code: 'E_TYPE', message: `${plainTypes(call)} does not exist: the function takes other types` };
  }
  return { ...range, code: 'E_TYPE', message: plainTypes(lowerFirst(error.summary)) };
}

function fieldProblem(node: ASTNode, table: ShapeTable): Problem {
  const [left, field] = node.op === '.' ? node.args : [undefined, ''];
  if (left === undefined)
    return { code: 'E_FIELD', start: node.start, end: node.end, message: 'there is no such field' };
  const shape = shapeOfNode(left, table);
  const fields = shape.kind === 'object' ? [...shape.object.fields.keys()] : [];
  const near = suggest(field, fields);
  const owner = left.input.slice(left.start, left.end);
  const hint = near === undefined ? fieldHint(fields) : `did you mean ${near}?`;
  return {
    code: 'E_FIELD',
    start: node.end - field.length,
    end: node.end,
    message: `${owner} has no field ${field}`,
    hint,
  };
}

function overloadProblem(summary: string, table: ShapeTable): Pick<Problem, 'code' | 'message' | 'hint'> {
  const match = /^no such overload: (.+?) (==|!=|<=|>=|<|>|\+|-|\*|\/|%|in) (.+)$/.exec(summary);
  if (match === null) return { code: 'E_TYPE', message: plainTypes(summary) };
  const [, left = '', operator = '', right = ''] = match;
  if (left === 'Secret' || right === 'Secret') {
    return { code: 'E_SECRET', message: 'a secret cannot be used in an expression', hint: SECRET_HINT };
  }
  const inWords = (type: string): string => (table.object(type) === undefined ? plainTypes(type) : 'an object');
  const message = `${operator} does not work between ${inWords(left)} and ${inWords(right)}`;
  const hint = overloadHint(operator, [left, right]);
  return { code: 'E_TYPE', message, ...(hint !== undefined && { hint }) };
}

function overloadHint(operator: string, types: readonly string[]): string | undefined {
  if (operator === '+' && types.includes('string')) return 'use text(x), or a second ${{ }}';
  const isNumber = types.includes('int') || types.includes('double');
  return isNumber && types.includes(CEL_DURATION) ? 'write a duration with its unit: duration("5m")' : undefined;
}

function plainTypes(text: string): string {
  return text
    .replaceAll(CEL_DURATION, 'duration')
    .replaceAll(CEL_TIMESTAMP, 'timestamp')
    .replaceAll('Secret', 'secret');
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

const ENDED: Readonly<Record<StepStatus, string>> = {
  ok: 'does not have it',
  changed: 'does not have it',
  skipped: 'was skipped',
  failed: 'failed',
  unknown: 'may or may not have run',
};

/** Why an evaluation gave no value. Rethrows what is a bug of this program. */
export function evaluationError(error: unknown, scope: Scope, table: ShapeTable): EvaluationError {
  if (error instanceof InputError) return error.why;
  if (error instanceof BudgetError || error instanceof ConversionError)
    return { kind: 'error', message: error.message };
  // A text beyond the engine's largest, or a recursion beyond its stack.
  if (error instanceof RangeError) return { kind: 'error', message: 'the expression needs too much memory' };
  if (!(error instanceof CelEvaluationError)) throw error;
  const node = error.node;
  if (error.code === 'no_such_key' && (node?.op === '.' || node?.op === '[]')) {
    const [left] = node.args;
    const field = fieldOf(node);
    const step = table.object(checkedType(left)?.name ?? '')?.step;
    const owner = left.input.slice(left.start, left.end);
    if (/^findings(?:\.|$)/.test(owner)) return { kind: 'missing', message: `${owner}.${field} is undetermined` };
    if (step === undefined) return { kind: 'error', message: `${owner} has no ${field}` };
    const own = owner === 'result' ? scope.result : undefined;
    const status = (own ?? scope.steps.get(step))?.status;
    const why = status === undefined ? 'did not run' : ENDED[status];
    const next = own?.status === 'failed' ? `; when: has(${owner}.${field}) leaves out what needs it` : '';
    return { kind: 'missing', message: `${owner}.${field} is missing: the step ${step} ${why}${next}`, step };
  }
  return { kind: 'error', message: plainTypes(lowerFirst(error.summary.replace('No such key: index', 'index'))) };
}

function fieldOf(node: ASTNode & { readonly op: '.' | '[]' }): string {
  if (node.op === '.') return node.args[1];
  const [, index] = node.args;
  return index.op === 'value' ? String(index.args) : index.input.slice(index.start, index.end);
}
