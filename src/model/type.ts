import type { Secret } from '../util/secret.ts';

/**
 * The types of the language, as data. From one declaration come the check of literals, the static check of expressions, the
 * conversion of what a host answered, the JSON Schema for editors, and the documentation.
 *
 * How a value of each type is written in JSON (events, action params and outputs):
 * string string · int, size number (a safe integer) · double, percent number · bool boolean · duration string (`1h30m`) ·
 * timestamp string (RFC 3339, UTC) · list array · object, map, by-pattern object. There is no null.
 */
export type Type =
  | {
      readonly kind: 'string';
      readonly enum?: readonly string[];
      readonly pattern?: string;
      /** What the pattern lets through, in words after "expected": `an absolute path, such as /srv`. */
      readonly form?: string;
    }
  | { readonly kind: 'int'; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'double'; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'bool' }
  | { readonly kind: 'duration' }
  | { readonly kind: 'timestamp' }
  /** Bytes; literals `10MB` (10^6) and `5GiB` (2^30); an int in expressions. */
  | { readonly kind: 'size' }
  /** 0 to 100; literals `25%`; a double in expressions. */
  | { readonly kind: 'percent' }
  | { readonly kind: 'secret' }
  | ListType
  | ObjectType
  /** Any text as key. */
  | { readonly kind: 'map'; readonly of: Type }
  /** A param only: a duration back from now, a timestamp, or the literal `fix`. An action is always given a timestamp of the host's clock. */
  | { readonly kind: 'since' }
  /** A param only: names with RE2 patterns, all literals. */
  | { readonly kind: 'patterns' }
  /** A param only: one RE2 pattern, written out. An action is given its text. */
  | { readonly kind: 'pattern' }
  /** A param only: shell source in which each span is a shell variable. An action is given a `ShellText`. */
  | { readonly kind: 'shell-text' }
  /**
   * A param only: the path of a text file, written out; a relative one begins in the folder of the runbook and stays there. It is
   * read when the runbook is checked. An action is given a `FileContent`.
   */
  | { readonly kind: 'source-file' }
  /**
   * A param only: as `source-file`, and each `${{ }}` in the file is an expression of the step, checked with it. An action is given a
   * `FileContent` with the values in their places.
   */
  | { readonly kind: 'template-file' }
  /** An output only: one field for each key of the `patterns` param of that name. */
  | { readonly kind: 'by-pattern'; readonly param: string; readonly of: Type };

export interface ListType {
  readonly kind: 'list';
  readonly of: Type;
  /** An empty list is no value of it. */
  readonly nonempty?: true;
}

export interface ObjectType {
  readonly kind: 'object';
  /** Of two letters or more, unique among all actions unless the fields are the same: CEL takes one letter for a type parameter. */
  readonly name: string;
  readonly fields: Fields;
  /** The field that says which thing an element is, between two readings. Without it elements are compared whole. */
  readonly key?: string;
}

export interface Field {
  readonly type: Type;
  readonly description: string;
  /** Params only: it may be left out. Outputs are always complete. */
  readonly optional?: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

/** What a `shell-text` becomes: each span is replaced by a quoted reference to a variable of the same text's own. */
export interface ShellText {
  readonly text: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a `source-file` or a `template-file` becomes. */
export interface FileContent {
  /** As the runbook has it. */
  readonly path: string;
  /** Of at most 256 KiB in UTF-8, without NUL; a byte order mark stays in it. */
  readonly content: string;
}

/**
 * The TypeScript type of a value of `T` as an action sees it. `T` is not constrained to `Type`: the compiler would then expand
 * the recursive union itself and give up ("excessively deep").
 */
export type ValueOf<T> = T extends { kind: infer K }
  ? K extends 'string'
    ? T extends { enum: readonly (infer E)[] }
      ? E
      : string
    : K extends 'duration' | 'timestamp' | 'since' | 'pattern'
      ? string
      : K extends 'int' | 'double' | 'size' | 'percent'
        ? number
        : K extends 'bool'
          ? boolean
          : K extends 'list'
            ? T extends { of: infer E }
              ? readonly ValueOf<E>[]
              : never
            : K extends 'object'
              ? T extends { fields: infer F }
                ? ValuesOf<F>
                : never
              : K extends 'map' | 'by-pattern'
                ? T extends { of: infer E }
                  ? Readonly<Record<string, ValueOf<E>>>
                  : never
                : K extends 'patterns'
                  ? Readonly<Record<string, string>>
                  : K extends 'shell-text'
                    ? ShellText
                    : K extends 'source-file' | 'template-file'
                      ? FileContent
                      : K extends 'secret'
                        ? Secret
                        : never
  : never;

type OptionalKeys<F> = { [K in keyof F]: F[K] extends { optional: true } ? K : never }[keyof F];

export type ValuesOf<F> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: F[K] extends { type: infer T } ? ValueOf<T> : never;
} & { readonly [K in OptionalKeys<F>]?: F[K] extends { type: infer T } ? ValueOf<T> : never };
