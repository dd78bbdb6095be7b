import { inspect } from 'node:util';

export const MASK = '********';

let noted: Map<string, Secret> | undefined;

/**
 * From now on every secret that is made is kept, and shows in what this gives: for who has to tell of a crash, whatever crashed. Each
 * value once: a process that keeps watch reads the same ones for months.
 */
export function noteSecrets(): Iterable<Secret> {
  const all = (noted ??= new Map());
  return { [Symbol.iterator]: () => all.values() };
}

/**
 * A value that no sink may show. Every way of turning it into text gives the mask; only `reveal` gives the value: to the wire at
 * the moment the bytes leave, to the search for it in what is shown, and to the check of what sudo can take.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    noted?.set(value, this);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** One word for a shell: data, never code. */
export type Word = string | Secret;
