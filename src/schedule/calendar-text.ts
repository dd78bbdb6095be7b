/** Values of a field of a calendar, sorted, as short as they can be written. */
export interface FieldText {
  readonly least: number;
  readonly most: number;
  /** What stands between the ends of a range. */
  readonly to: '..' | '-';
  /** Digits. */
  readonly width: number;
}

/** `*`, `5`, `1..5`, `0,30`; steps as systemd has them (`0/15`, to the end of the field) or as cron does (`0-59/15`). */
export function fieldText(values: readonly number[], { least, most, to, width }: FieldText): string {
  const text = (value: number): string => String(value).padStart(width, '0');
  const [first = least, second = first] = values;
  const last = values.at(-1) ?? first;
  if (values.length === most - least + 1) return '*';
  const step = second - first;
  const isEven = values.every((value, index) => value === first + index * step);
  if (values.length < 3 || !isEven) return values.map(text).join(',');
  if (step === 1) return `${text(first)}${to}${text(last)}`;
  if (last + step <= most) return values.map(text).join(',');
  if (to === '..') return `${text(first)}/${step}`;
  return first === least ? `*/${step}` : `${text(first)}-${text(most)}/${step}`;
}

/** Those with the same key together, in the order of their first. */
export function groupBy<T>(all: Iterable<T>, keyOf: (each: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group === undefined) groups.set(keyOf(each), [each]);
    else group.push(each);
  }
  return [...groups.values()];
}
