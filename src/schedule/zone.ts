const SECOND = 1000;
export const DAY = 86_400_000;
/** Of days that were looked at; it is emptied when it is full. */
const MOST_KNOWN = 20_000;

/** A piece of time in which a zone keeps its offset from UTC. Milliseconds since 1970, `to` not included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Added to UTC it is what clocks there show. Milliseconds. */
  readonly offset: number;
  /** The offset until `from`, when it was another one. */
  readonly before?: number;
}

const zones = new Map<string, Zone>();

/** The zone of an IANA name; throws a RangeError when there is none. */
export function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  const zone = new Zone(timezone);
  zones.set(timezone, zone);
  return zone;
}

/**
 * What clocks show in a place, as ICU, which comes with Node, knows it. Offsets are asked for once for each day of UTC, and where
 * the day ends with another offset than it began with, the second of the change is searched. Two changes within one day of UTC that
 * cancel each other out would not be seen: since 1970 no zone has had two within six days (tzdata 2025b).
 */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();
  readonly #stretches = new Map<number, readonly Stretch[]>();

  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  }

  /** One stretch, or two (of which the first may be empty), of a day that is counted from 1970-01-01 in UTC. */
  stretchesOf(day: number): readonly Stretch[] {
    return kept(this.#stretches, day, () => this.#findStretches(day));
  }

  #findStretches(day: number): readonly Stretch[] {
    const [from, to] = [day * DAY, (day + 1) * DAY];
    const [before, offset] = [this.#offsetBefore(day), this.#offsetBefore(day + 1)];
    if (before === offset) return [{ from, to, offset }];
    const change = this.#changeBetween(from, to, before);
    return [
      { from, to: change, offset: before },
      { from: change, to, offset, before },
    ];
  }

  /** In the last second before that day. */
  #offsetBefore(day: number): number {
    return kept(this.#offsets, day, () => this.#offsetAt(day * DAY - SECOND));
  }

  /** The first second from `from` on that has another offset than `before`. */
  #changeBetween(from: number, to: number, before: number): number {
    let low = from / SECOND - 1;
    let high = to / SECOND - 1;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offsetAt(middle * SECOND) === before) low = middle;
      else high = middle;
    }
    return high * SECOND;
  }

  #offsetAt(instant: number): number {
    const text = this.#format.format(instant);
    const [, sign, hours, minutes, seconds] = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(text) ?? unknownForm(text);
    const size = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * SECOND;
    return sign === '-' ? -size : size;
  }
}

function kept<T>(known: Map<number, T>, day: number, find: () => T): T {
  const value = known.get(day) ?? find();
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(day, value);
  return value;
}

function unknownForm(text: string): never {
  throw new Error(`Intl gives no offset from UTC in ${text}`);
}
