import type { Random } from '../support/random.ts';
import { PRINTERS } from './printers.ts';

const PART = 20;
const SHORTEST = 8;

/** What a search for a value in bytes looks for: beginning, middle and end of each way to print it, on one line each. */
export function needlesOf(value: string, random: Random): readonly string[] {
  const printed = Object.values(PRINTERS)
    .filter(({ edge = 0 }) => edge === 0)
    .flatMap(({ print }) => print(value, random).split(/[\0\r\n]+/));
  const parts = printed.flatMap((line) => {
    const middle = Math.max(0, Math.floor((line.length - PART) / 2));
    return [line.slice(0, PART), line.slice(middle, middle + PART), line.slice(-PART)];
  });
  // Of what says where in a dump something is, and of borders of a key, nothing is secret.
  return [...new Set(parts)].filter(
    (part) => part.trim().length >= SHORTEST && !/-----|^[\d:\s]+$|[\uD800-\uDFFF]/.test(part),
  );
}

/** Those that are in the bytes. */
export function foundIn(bytes: Buffer, needles: readonly string[]): readonly string[] {
  return needles.filter((needle) => bytes.includes(needle));
}
