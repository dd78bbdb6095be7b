import type { EvaluationError, Expression, References, Scope } from '../../model/expression.ts';
import type { Type } from '../../model/type.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Compiled } from '../expression/compile.ts';
import { mergeReferences } from '../expression/references.ts';
import { fromCel, textForm } from '../expression/values.ts';
import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';
import type { TextPart } from '../text.ts';
import { coerce } from './fit.ts';

/** A value of a runbook: a literal, something computed, or a list or map of these. */
export interface Tree {
  readonly references: References;
  /** As far as it is written out: a computed text stands there as `${{ }}`; absent when something else is computed. */
  readonly written?: { readonly value: unknown };
  evaluate(scope: Scope): Result<unknown, EvaluationError>;
}

const NONE: References = { steps: [], findings: [] };

export function literalTree(value: unknown): Tree {
  return { references: NONE, written: { value }, evaluate: () => ok(value) };
}

/** A value that is exactly one span keeps the expression's type. */
export function spanTree(compiled: Compiled, type: Type): Tree {
  return {
    references: compiled.references,
    ...writtenText(type),
    evaluate: (scope) => {
      const value = compiled.run(scope);
      if (!value.ok) return value;
      const json = jsonOf(value.value);
      return json.ok ? coerced(type, json.value, compiled.source.text) : json;
    },
  };
}

/** A library value as JSON; the library may have computed one that JSON cannot hold. */
export function jsonOf(value: unknown): Result<unknown, EvaluationError> {
  try {
    return ok(fromCel(value));
  } catch (error) {
    return err({ kind: 'error', message: error instanceof Error ? error.message : 'the value has no form in JSON' });
  }
}

export function textTree(parts: readonly TextPart[], type: Type): Tree {
  return {
    references: mergeReferences(parts.filter((part) => typeof part !== 'string').map((part) => part.references)),
    ...writtenText(type),
    evaluate: (scope) => {
      let text = '';
      for (const part of parts) {
        const value = typeof part === 'string' ? ok(part) : part.run(scope);
        if (!value.ok) return value;
        text += textForm(value.value) ?? '';
      }
      return coerced(type, text, 'the text');
    },
  };
}

function writtenText(type: Type): Pick<Tree, 'written'> {
  return type.kind === 'string' && type.enum === undefined ? { written: { value: '${{ }}' } } : {};
}

function coerced(type: Type, value: unknown, what: string): Result<unknown, EvaluationError> {
  const result = coerce(type, value);
  return result.ok ? result : err({ kind: 'error', message: `${what}: ${result.error}` });
}

export function listTree(items: readonly Tree[]): Tree {
  return combined(items, (values) => values);
}

export function mapTree(entries: readonly (readonly [string, Tree])[]): Tree {
  return combined(
    entries.map(([, tree]) => tree),
    (values) => Object.fromEntries(values.map((value, index) => [entries[index]?.[0] ?? '', value])),
  );
}

function combined(trees: readonly Tree[], make: (values: readonly unknown[]) => unknown): Tree {
  const written = trees.flatMap((tree) => (tree.written === undefined ? [] : [tree.written.value]));
  return {
    ...(written.length === trees.length && { written: { value: make(written) } }),
    references: mergeReferences(trees.map((tree) => tree.references)),
    evaluate: (scope) => {
      const values: unknown[] = [];
      for (const tree of trees) {
        const value = tree.evaluate(scope);
        if (!value.ok) return value;
        values.push(value.value);
      }
      return ok(make(values));
    },
  };
}

/** Changes the value of a tree on its way out. */
export function mapped(tree: Tree, change: (value: unknown, scope: Scope) => Result<unknown, EvaluationError>): Tree {
  return {
    references: tree.references,
    evaluate: (scope) => {
      const value = tree.evaluate(scope);
      return value.ok ? change(value.value, scope) : value;
    },
  };
}

/** The tree as the model's expression. The caller vouches that the checks before made its values of type `T`. */
export function asExpression<T>(tree: Tree, at: Span, report: Report): Expression<T> {
  return {
    source: report.source.text.slice(at.start, at.end),
    at: report.lines.range(at),
    references: tree.references,
    evaluate: (scope) => tree.evaluate(scope) as Result<T, EvaluationError>,
  };
}
