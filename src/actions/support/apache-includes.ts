/** A configuration file and where in the reading of all of them it is read. */
export interface IncludedFile {
  readonly path: string;
  readonly at: readonly number[];
}

/**
 * Reads the list of `apache2 -t -D DUMP_INCLUDES`, where `(146)` is the line of the file around it that includes this one. A file
 * that is included twice is there twice.
 */
export function readIncludes(lines: readonly string[]): readonly IncludedFile[] {
  const around: { readonly depth: number; readonly at: readonly number[] }[] = [];
  const files: IncludedFile[] = [];
  for (const line of lines) {
    const [, indent = '', number, path] = /^( *)\((\d+|\*)\) (\/.*)$/.exec(line) ?? [];
    if (number === undefined || path === undefined) continue;
    while ((around.at(-1)?.depth ?? -1) >= indent.length) around.pop();
    const at = number === '*' ? [] : [...(around.at(-1)?.at ?? []), Number(number), files.length];
    around.push({ depth: indent.length, at });
    files.push({ path, at });
  }
  return files;
}

/** Less than 0 when `a` is read before `b`. A place is that of a file with the line number, from 1, added. */
export function compareReading(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
