import { DAY, zoneOf, type Stretch } from './zone.ts';

/** What clocks in the zone show then, with their offset: `2026-11-23 14:05:09 +01:00`. `instant`: milliseconds since 1970. */
export function clockFace(instant: number, timezone: string): string {
  const { offset } = stretchAt(instant, timezone);
  const wall = new Date(instant + offset).toISOString();
  return `${wall.slice(0, 10)} ${wall.slice(11, 19)} ${offsetText(offset)}`;
}

/** Where the offset of a zone changes, from `after` on, up to and including `upTo`. */
export function clockChanges(timezone: string, after: number, upTo: number): readonly Required<Stretch>[] {
  const zone = zoneOf(timezone);
  const changes: Required<Stretch>[] = [];
  for (let day = Math.floor(after / DAY); day * DAY <= upTo; day += 1)
    for (const { before, ...stretch } of zone.stretchesOf(day))
      if (before !== undefined && stretch.from > after && stretch.from <= upTo) changes.push({ ...stretch, before });
  return changes;
}

function stretchAt(instant: number, timezone: string): Stretch {
  const stretches = zoneOf(timezone).stretchesOf(Math.floor(instant / DAY));
  const found = stretches.find(({ from, to }) => from <= instant && instant < to);
  if (found === undefined) throw new Error(`${instant} is in no stretch of ${timezone}`);
  return found;
}

function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
