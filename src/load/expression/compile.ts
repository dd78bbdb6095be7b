import { ParseError, TypeError as CelTypeError, type ParseResult } from '@marcbachmann/cel-js';
import type { EvaluationError, References, Scope } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';
import { budgeted, spend } from './budget.ts';
import { checkMeaning, checkNames } from './check.ts';
import type { Problem } from './problem.ts';
import { evaluationError, syntaxProblem, typeProblem } from './messages.ts';
import { hasUnknown, type Shape } from './shape.ts';
import { beforeEvaluation, countNodes, macroOf, shapeOfNode, visit, type ASTNode } from './syntax.ts';
import { namesIn, referencesOf } from './references.ts';
import { bindValues, type TypedScope } from './typed-scope.ts';
import { warnOfMeaning } from './warnings.ts';

/** An expression's text and where it stands in the file. */
export interface SourceText {
  readonly text: string;
  /** From offsets in `text` to offsets in the file. */
  place(start: number, end: number): Span;
}

/** A checked expression before it is fitted to what its place wants. */
export interface Compiled {
  readonly source: SourceText;
  readonly at: SourceRange;
  readonly root: ASTNode;
  readonly shape: Shape;
  readonly references: References;
  readonly typed: TypedScope;
  /** A value of the library. */
  run(scope: Scope): Result<unknown, EvaluationError>;
}

const MAX_PROBLEMS = 20;

/** Parses and checks one expression; undefined after reporting what is wrong with it. */
export function compile(source: SourceText, typed: TypedScope, report: Report): Compiled | undefined {
  const parsed = parse(source, typed, report);
  if (parsed === undefined) return undefined;
  const root = parsed.ast;
  const problems = checkNames(root, typed);
  if (problems.length > 0) return reportAll(problems, source, report);
  const checked = parsed.check();
  if (!checked.valid) {
    if (readsUnknown(root, typed)) return undefined;
    if (checked.error instanceof CelTypeError)
      return reportAll([typeProblem(checked.error, root, typed.table)], source, report);
    return reportAll([uncheckable(checked.error, source)], source, report);
  }
  const meaning = checkMeaning(root, typed);
  if (meaning.length > 0) return reportAll(meaning, source, report);
  warnOfMeaning(root, (start, end) => source.place(start, end), report);
  boundLoops(root);
  return makeCompiled(source, parsed, typed, report);
}

/** The checker's own limits and bugs: a stack too deep, or a value such as the first of `[]`, whose type nothing tells. */
function uncheckable(error: unknown, { text }: SourceText): Problem {
  const range = { start: 0, end: text.length };
  if (error instanceof RangeError)
    return { ...range, code: 'E_SYNTAX', message: 'the expression is nested too deeply' };
  const message = 'the types in this expression cannot be told';
  return {
    ...range,
    code: 'E_TYPE',
    message,
    hint: 'what is taken from an empty [ ] or { } has no type: leave it out',
  };
}

function parse(source: SourceText, typed: TypedScope, report: Report): ParseResult | undefined {
  try {
    return typed.environment.parse(source.text);
  } catch (error) {
    if (error instanceof ParseError) return reportAll([syntaxProblem(error, source.text)], source, report);
    if (error instanceof RangeError) {
      return reportAll(
        [{ code: 'E_SYNTAX', start: 0, end: 1, message: 'the expression is nested too deeply' }],
        source,
        report,
      );
    }
    throw error;
  }
}

function reportAll(problems: readonly Problem[], source: SourceText, report: Report): undefined {
  for (const { code, start, end, message, hint } of problems.slice(0, MAX_PROBLEMS)) {
    report.error(code, source.place(Math.max(0, start), end), message, hint);
  }
}

/** What it reads has been reported as wrong: its types say nothing. */
function readsUnknown(root: ASTNode, typed: TypedScope): boolean {
  let unknown = false;
  visit(root, (node, locals) => {
    if (node.op !== 'id' || locals.has(node.args)) return;
    const shape = typed.variables.get(node.args);
    unknown ||= shape !== undefined && hasUnknown(shape);
  });
  return unknown;
}

/** Each turn of a loop costs what its body has nodes. */
function boundLoops(root: ASTNode): void {
  visit(root, (node) => {
    const body = macroOf(node)?.bodies[0];
    if (body === undefined) return;
    const cost = countNodes(body);
    beforeEvaluation(body, () => spend(cost));
  });
}

function makeCompiled(source: SourceText, parsed: ParseResult, typed: TypedScope, report: Report): Compiled {
  const names = namesIn(parsed.ast);
  return {
    source,
    at: report.lines.range(source.place(0, source.text.length)),
    root: parsed.ast,
    shape: shapeOfNode(parsed.ast, typed.table),
    references: referencesOf(parsed.ast, typed),
    typed,
    run: (scope) => {
      try {
        return ok(budgeted(() => parsed(bindValues(names, scope, typed)) as unknown));
      } catch (error) {
        return err(evaluationError(error, scope, typed.table));
      }
    },
  };
}
