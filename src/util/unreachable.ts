/** The `default` of an exhaustive switch: a new member of the union breaks the build here instead of a run there. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
