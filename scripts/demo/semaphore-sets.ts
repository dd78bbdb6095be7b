/** Ids in `/proc/sysvipc/sem`, whose second column they are. */
export function idsIn(table: string): readonly number[] {
  return table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.trim().split(/\s+/)[1]));
}

/** The id in a line of `ipcs -s`, or undefined in its other lines. */
export function idInLine(line: string): number | undefined {
  const id = /^0x[0-9a-f]+\s+(\d+)\s/.exec(line)?.[1];
  return id === undefined ? undefined : Number(id);
}
