import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';

/** Names that mean something in every expression, or that the expression language keeps for itself. */
const TAKEN: ReadonlySet<string> = new Set(['params', 'host', 'findings', 'item', 'index', 'result', 'first']);
const RESERVED: ReadonlySet<string> = new Set([
  ...[
    'true',
    'false',
    'null',
    'in',
    'as',
    'break',
    'const',
    'continue',
    'else',
    'for',
    'function',
    'if',
    'import',
    'let',
  ],
  ...['loop', 'package', 'namespace', 'return', 'var', 'void', 'while', 'cel', 'google', 'optional', 'dyn'],
  ...[
    'string',
    'bool',
    'int',
    'uint',
    'double',
    'map',
    'list',
    'bytes',
    'null_type',
    'type',
    'constructor',
    'prototype',
  ],
]);

export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** The ids of steps and the names of findings: one space of names for the whole file. */
export class Identifiers {
  readonly #report: Report;
  readonly #places = new Map<string, Span>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** What a step of an include is called outside of its fragment. False after a report. */
  addIncluded(name: string, span: Span, inner: string): boolean {
    const what = `${name}, as the step ${inner} of this include is called here,`;
    if (name.length > 63) {
      const message = `${what} is longer than 63 characters`;
      this.#report.error('E_ID', span, message, 'give the include a shorter id');
      return false;
    }
    return this.#take(name, span, what, 'give the include another id');
  }

  /** False after a report. */
  add(name: string, span: Span, what: 'id' | 'finding'): boolean {
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
      const hint =
        name.includes('-') && /^[a-z][a-z0-9_-]*$/.test(name)
          ? `write ${name.replaceAll('-', '_')}: a - is a subtraction in expressions`
          : 'lower-case letters, digits and _, at most 63, beginning with a letter';
      this.#report.error(
        'E_ID',
        span,
        `${JSON.stringify(name.slice(0, 80))} cannot be ${what === 'id' ? 'an id' : 'the name of a finding'}`,
        hint,
      );
      return false;
    }
    if (TAKEN.has(name) || RESERVED.has(name)) {
      this.#report.error('E_ID', span, `${name} has a meaning of its own in expressions`, 'use another name');
      return false;
    }
    return this.#take(name, span, name, 'ids and names of findings are unique in the file');
  }

  #take(name: string, span: Span, what: string, hint: string): boolean {
    const first = this.#places.get(name);
    if (first !== undefined) {
      const { line, column } = this.#report.lines.position(first.start);
      this.#report.error('E_ID', span, `${what} is used twice, first at ${line}:${column}`, hint);
      return false;
    }
    this.#places.set(name, span);
    return true;
  }
}
