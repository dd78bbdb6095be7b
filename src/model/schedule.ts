import type { Risk } from './action.ts';
import type { SourceRange } from './source.ts';
import type { Json } from '../util/json.ts';

/** What a schedule may be called; and not `serve`, which is the scheduler itself. */
export const SCHEDULE_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** The shortest and the longest interval. The times of what comes less often than each year may lie where no calendar reaches. */
export const EVERY_MS = { least: 30_000, most: 366 * 24 * 60 * 60_000 } as const;

/** What a site wants done again and again. */
export interface Schedule {
  /** Unique in the configuration of a process; the first half of what names an occurrence. */
  readonly name: string;
  /** A name or a full path. */
  readonly runbook: string;
  /** A pattern; absent: as the runbook says. */
  readonly hosts?: string;
  readonly timing: Timing;
  /** Each occurrence starts up to so much later. */
  readonly jitterMs: number;
  readonly overlap: Overlap;
  /** How late an occurrence may still start. Absent: half the interval to the one after it, at least a minute, at most an hour. */
  readonly graceMs?: number;
  readonly mode: 'repair' | 'shadow';
  readonly maxRisk: Risk;
  readonly params: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly paused: boolean;
  readonly metricsFile?: string;
  readonly ping?: string;
  /** Of its name in the configuration. */
  readonly at: SourceRange;
}

/** When the one before still runs: nothing new; one waits and no more; the one before is interrupted. */
export const OVERLAPS = ['skip', 'queue', 'replace'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export type Timing =
  | { readonly kind: 'cron'; readonly cron: Cron; readonly timezone: string }
  /** Multiples of it since 1970-01-01T00:00Z, in milliseconds. */
  | { readonly kind: 'every'; readonly everyMs: number };

/** A cron expression as sets of values, sorted. */
export interface Cron {
  /** As written. */
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Of the month. */
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday, and there is no 7. */
  readonly weekdays: readonly number[];
  /** Both days and weekdays are restricted: either is enough. */
  readonly eitherDay: boolean;
  /** Neither minute nor hour begins with `*`: daylight saving time moves it instead of leaving it out or repeating it. */
  readonly fixedTime: boolean;
}
