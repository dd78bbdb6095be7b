import { isDeepStrictEqual } from 'node:util';
import type { Fields, Type } from '../../model/type.ts';

/**
 * Pure: is `now` the same command for fewer things? Lists of objects may have lost elements, which are compared by the fields
 * that the param declares; everything else, other lists included, must be equal.
 */
export function shrinks(
  fields: Fields,
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].every((name) => {
    const type = fields[name]?.type;
    return type === undefined ? isDeepStrictEqual(before[name], now[name]) : shrinksAs(type, before[name], now[name]);
  });
}

function shrinksAs(type: Type, before: unknown, now: unknown): boolean {
  if (type.kind !== 'list' || type.of.kind !== 'object' || !Array.isArray(before) || !Array.isArray(now)) {
    return isDeepStrictEqual(before, now);
  }
  const { fields } = type.of;
  const known = before.map((element) => declared(fields, element));
  return now.every((element) => {
    const wanted = declared(fields, element);
    return known.some((candidate) => isDeepStrictEqual(candidate, wanted));
  });
}

function declared(fields: Fields, element: unknown): unknown {
  if (typeof element !== 'object' || element === null) return element;
  return Object.fromEntries(Object.entries(element).filter(([name]) => name in fields));
}
