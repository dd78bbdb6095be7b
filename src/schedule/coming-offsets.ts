import { DAY, type Stretch, zoneOf } from './zone.ts';

/** What is installed today is compared for so long: further ahead nobody knows the rules of a zone. */
export const YEARS_AHEAD = 10;

/** What clocks in a zone show from now on, as far as it is looked at: each offset with its beginning. */
export function comingStretches(timezone: string, from: number): readonly Stretch[] {
  const zone = zoneOf(timezone);
  const first = Math.floor(from / DAY);
  const days = Array.from({ length: YEARS_AHEAD * 366 }, (_, index) => first + index);
  const all = days.flatMap((day) => zone.stretchesOf(day));
  return all.filter((stretch, index) => index === 0 || stretch.before !== undefined);
}

/** Each that is met, once; milliseconds. */
export const comingOffsets = (timezone: string, from: number): readonly number[] => [
  ...new Set(comingStretches(timezone, from).map(({ offset }) => offset)),
];
