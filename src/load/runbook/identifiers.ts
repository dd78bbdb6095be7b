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
    const first = this.#places.get(name);
    if (first !== undefined) {
      const { line, column } = this.#report.lines.position(first.start);
      this.#report.error(
        'E_ID',
        span,
        `${name} is used twice, first at ${line}:${column}`,
        'ids and names of findings are unique in the file',
      );
      return false;
    }
    this.#places.set(name, span);
    return true;
  }
}
