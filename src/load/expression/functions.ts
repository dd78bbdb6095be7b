import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import { formatBytes } from '../../util/bytes.ts';
import { compilePattern } from '../../util/pattern.ts';
import { spend } from './budget.ts';
import { CEL_DURATION, CEL_TIMESTAMP } from './shape.ts';
import { textForm } from './values.ts';

/** What an expression may call, as `f(x)` or as `x.f()`. The library knows more; the rest is an error. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['size', 'has', 'int', 'double', 'duration', 'timestamp'],
  ...['text', 'human', 're', 'min', 'max', 'sum', 'abs', 'basename', 'dirname'],
]);
export const METHODS: ReadonlySet<string> = new Set([
  ...['size', 'all', 'exists', 'exists_one', 'filter', 'map', 'startsWith', 'endsWith', 'contains', 'split'],
  ...['lowerAscii', 'upperAscii', 'trim', 'substring', 'indexOf', 'replace', 'join', 'sort', 'unique'],
]);
/** Their first argument is the name of a variable. */
export const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

const SCALARS = ['string', 'int', 'double', 'bool', CEL_DURATION, CEL_TIMESTAMP];
const ORDERED = ['string', 'int', 'double', CEL_DURATION, CEL_TIMESTAMP];
const SYNC = { async: false } as const;

type Comparable = string | bigint | number | Duration | Date;

/** The language's own environment: nothing is dynamic, ints and doubles mix. Each runbook derives its own from it. */
export function createEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: 10_000, maxDepth: 100 },
  });
  mixNumbers(environment);
  registerTexts(environment);
  registerLists(environment);
  registerNumbers(environment);
  return environment;
}

function mixNumbers(environment: Environment): void {
  environment.registerOperator('double == int', (a: number, b: bigint) => a === Number(b));
  const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [operator, apply] of Object.entries(operations)) {
    const mixed = (a: number | bigint, b: number | bigint): number => apply(Number(a), Number(b));
    environment.registerOperator(`int ${operator} double: double`, mixed);
    environment.registerOperator(`double ${operator} int: double`, mixed);
  }
}

function registerTexts(environment: Environment): void {
  for (const type of SCALARS)
    environment.registerFunction(`text(${type}): string`, (value: unknown) => textForm(value) ?? '', SYNC);
  environment.registerFunction('human(int): string', (bytes: bigint) => formatBytes(Number(bytes)), SYNC);
  environment.registerFunction('re(string, string): bool', matches, SYNC);
  environment.registerFunction('basename(string): string', basename, SYNC);
  environment.registerFunction('dirname(string): string', dirname, SYNC);
  environment.registerFunction(
    'string.replace(string, string): string',
    (text: string, from: string, to: string) => {
      if (from === '') throw failure('replace() needs a text to look for');
      spend(text.length + (text.split(from).length - 1) * to.length);
      return text.replaceAll(from, () => to);
    },
    SYNC,
  );
  const join = (items: readonly (string | bigint)[], separator: string): string => {
    spend(items.reduce((sum, item) => sum + String(item).length + separator.length, 0) / 8);
    return items.join(separator);
  };
  environment.registerFunction('list<int>.join(string): string', join, SYNC);
}

function registerLists(environment: Environment): void {
  for (const type of SCALARS) {
    environment.registerFunction(`list<${type}>.unique(): list<${type}>`, unique, SYNC);
  }
  for (const type of ORDERED) {
    environment.registerFunction(`list<${type}>.sort(): list<${type}>`, sort, SYNC);
    environment.registerFunction(
      `min(list<${type}>): ${type}`,
      (items: readonly Comparable[]) => extreme('min', items, -1),
      SYNC,
    );
    environment.registerFunction(
      `max(list<${type}>): ${type}`,
      (items: readonly Comparable[]) => extreme('max', items, 1),
      SYNC,
    );
  }
}

function registerNumbers(environment: Environment): void {
  const add = (items: readonly bigint[]): bigint => items.reduce((sum, item) => sum + item, 0n);
  environment.registerFunction('sum(list<int>): int', add, SYNC);
  environment.registerFunction(
    'sum(list<double>): double',
    (items: readonly number[]) => items.reduce((sum, item) => sum + item, 0),
    SYNC,
  );
  environment.registerFunction(
    `sum(list<${CEL_DURATION}>): ${CEL_DURATION}`,
    (items: readonly Duration[]) => items.reduce((sum, item) => sum.addDuration(item), new Duration(0)),
    SYNC,
  );
  environment.registerFunction('abs(int): int', (value: bigint) => (value < 0n ? -value : value), SYNC);
  environment.registerFunction('abs(double): double', (value: number) => Math.abs(value), SYNC);
  environment.registerFunction(
    `abs(${CEL_DURATION}): ${CEL_DURATION}`,
    (value: Duration) => (value.valueOf() < 0 ? new Duration(-value.seconds, -value.nanos) : value),
    SYNC,
  );
}

function failure(message: string): EvaluationError {
  return new EvaluationError({ code: 'function', message });
}

function matches(text: string, source: string): boolean {
  spend(text.length * 5);
  const pattern = compilePattern(source);
  if (!pattern.ok) throw failure(`not an RE2 pattern: ${pattern.error.message}`);
  return pattern.value.matches(text);
}

function basename(path: string): string {
  const trimmed = withoutEndSlashes(path);
  return trimmed === '/' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function dirname(path: string): string {
  const trimmed = withoutEndSlashes(path);
  const slash = trimmed.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : withoutEndSlashes(trimmed.slice(0, slash));
}

function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

function unique(items: readonly unknown[]): readonly unknown[] {
  spend(items.length);
  const seen = new Map<unknown, unknown>();
  // Times and durations are objects: two equal ones have the same text.
  for (const item of items) {
    const key = typeof item === 'object' ? textForm(item) : item;
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}

function compare(a: Comparable, b: Comparable): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sort(items: readonly Comparable[]): readonly Comparable[] {
  spend(items.length * 10);
  return items.toSorted(compare);
}

function extreme(name: string, items: readonly Comparable[], sign: 1 | -1): Comparable {
  const [first, ...rest] = items;
  if (first === undefined) throw failure(`${name}() of an empty list`);
  return rest.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best), first);
}
