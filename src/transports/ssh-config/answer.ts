/** What `ssh -G` printed: the values of each option, by its name in lower case. Options differ between versions of OpenSSH. */
export type Answer = ReadonlyMap<string, readonly string[]>;

export function parseAnswer(text: string): Answer {
  const values = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf(' ');
    if (at <= 0) continue;
    const name = line.slice(0, at).toLowerCase();
    const known = values.get(name);
    if (known === undefined) values.set(name, [line.slice(at + 1)]);
    else known.push(line.slice(at + 1));
  }
  return values;
}

/** The value of an option, by the first of its names that is there; OpenSSH renames some. */
export function valueOf(answer: Answer, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = answer.get(name)?.[0];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Set, and not to `none`. */
export function setValueOf(answer: Answer, name: string): string | undefined {
  const value = valueOf(answer, name);
  return value === undefined || value === '' || value.toLowerCase() === 'none' ? undefined : value;
}

export const isOn = (value: string | undefined): boolean => value !== undefined && !OFF.has(value);

const OFF = new Set(['no', 'false', 'none', '']);

/** The words of a comma list. */
export const listOf = (value: string | undefined): readonly string[] =>
  value === undefined ? [] : value.split(',').filter((word) => word !== '');
