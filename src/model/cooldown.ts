import { count } from '../util/count.ts';
import { formatDuration } from '../util/duration.ts';
import { roughDuration } from '../util/rough-duration.ts';
import type { Attempt } from './attempt.ts';
import type { Limits } from './runbook.ts';

/** A host that is about to be repaired. */
export interface Candidate {
  readonly host: string;
  readonly machine: string;
  /** What the fix would serve. */
  readonly findings: readonly string[];
  /**
   * Other hosts of this run that may call themselves the same machine, as clones do: what was tried under one of these names
   * counts for that name alone.
   */
  readonly twins: ReadonlySet<string>;
}

/** Why a host may not be repaired again yet. */
export interface TooSoon {
  readonly reason: string;
  readonly hint: string;
}

/** Pure: whether `cooldown` or `attempts` forbids it, for any of the findings. `now` in milliseconds since 1970. */
export function tooSoon(
  limits: Pick<Limits, 'cooldownMs' | 'attempts'>,
  attempts: readonly Attempt[],
  candidate: Candidate,
  now: number,
): TooSoon | undefined {
  const own = attempts.filter(({ machine, host }) => machine === candidate.machine && !candidate.twins.has(host));
  const bars = candidate.findings.flatMap((finding) => {
    const earlier = own.filter(({ findings }) => findings.includes(finding));
    return [...cooldownOf(limits.cooldownMs, earlier, candidate.host, now), ...capOf(limits.attempts, earlier, now)];
  });
  const last = bars.toSorted((a, b) => a.until - b.until).at(-1);
  if (last === undefined || last.until <= now) return undefined;
  return { reason: `${last.why} ${clockTime(last.until, now)}`, hint: hintFor(last.runId) };
}

/** How far back attempts matter. RFC 3339. */
export function attemptsSince({ cooldownMs, attempts }: Pick<Limits, 'cooldownMs' | 'attempts'>, now: number): string {
  return new Date(now - Math.max(cooldownMs, attempts.perMs)).toISOString();
}

interface Bar {
  readonly until: number;
  readonly why: string;
  readonly runId: string;
}

/** From the end of the last attempt; one that was cut off has none, so that the next run may finish its work. */
function cooldownOf(cooldownMs: number, earlier: readonly Attempt[], host: string, now: number): readonly Bar[] {
  const ended = earlier.flatMap((attempt) => (attempt.end === undefined ? [] : [{ ...attempt, end: attempt.end }]));
  const last = ended.toSorted((a, b) => Date.parse(b.end.at) - Date.parse(a.end.at))[0];
  if (last === undefined) return [];
  const { runId, end } = last;
  const at = Date.parse(end.at);
  const ago = `${roughDuration(now - at)} ago`;
  const known = last.host === host ? '' : `as ${last.host}, `;
  const what =
    end.outcome === 'repaired'
      ? `repaired ${ago} (${known}run ${short(runId)})`
      : `tried ${ago} (${known}${end.outcome}, run ${short(runId)})`;
  return [{ until: at + cooldownMs, why: `${what}: its cooldown of ${formatDuration(cooldownMs)} is over at`, runId }];
}

/** Attempts that were cut off count too. */
function capOf({ max, perMs }: Limits['attempts'], earlier: readonly Attempt[], now: number): readonly Bar[] {
  const begun = earlier
    .map(({ runId, begunAt }) => ({ runId, at: Date.parse(begunAt) }))
    .filter(({ at }) => at > now - perMs)
    .toSorted((a, b) => a.at - b.at);
  const last = begun.at(-1);
  const oldest = begun.at(-max);
  if (last === undefined || oldest === undefined) return [];
  const why = `tried ${count(begun.length, 'time')} in ${formatDuration(perMs)} (the last in run ${short(last.runId)}), and attempts allows ${max}: the next is possible at`;
  return [{ until: oldest.at + perMs, why, runId: last.runId }];
}

/** Enough to name the run on the command line. */
const short = (runId: string): string => runId.slice(0, 12);

const hintFor = (runId: string): string =>
  `Look at what was done then: runbook show ${short(runId)}. A person may repair it all the same: --ignore-cooldown REASON.`;

/** `03:12 UTC`, rounded up to the minute, with the day when that is another one. */
function clockTime(at: number, now: number): string {
  const minute = new Date(Math.ceil(at / 60_000) * 60_000).toISOString();
  const [day = '', time = ''] = minute.split('T');
  const isToday = new Date(now).toISOString().startsWith(day);
  return `${isToday ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}
