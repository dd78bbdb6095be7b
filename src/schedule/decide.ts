import { keyInstant, occurrenceKey } from '../model/occurrence-key.ts';
import type { Schedule } from '../model/schedule.ts';
import { correctionOf, type Moment } from './clock-step.ts';
import type { Decision, Several, Situation, Verdict } from './decision.ts';
import { delayOf, graceOf } from './due.ts';
import { settle, type Refusal } from './overlap.ts';
import { countTimes, lastTime, nextTime } from './times.ts';

/** Why occurrences up to a time are not started. */
interface Halt {
  readonly why: string;
  readonly upTo: number;
}

/**
 * What is to become of the occurrences that are due, and of the one that waits: docs/scheduling.md. Pure. To be asked at `wakeAt`,
 * when a run ends, and at least each minute, so that a clock that jumps is noticed. `before`: when this process asked for this
 * schedule the last time; absent after its start.
 */
export function decide(situation: Situation, now: Moment, before?: Moment): Verdict {
  const { schedule, mark } = situation;
  if (mark === undefined) return verdict(situation, [], { upTo: now.wall, reset: false }, now);
  const correction = correctionOf(now, before, mark.decidedUpTo);
  if (correction !== undefined) return afterCorrection(situation, mark.decidedUpTo, correction, now);

  const upTo = dueUpTo(schedule, now);
  const halt = haltOf(situation, now.wall);
  const refusal = refusalOf(situation, halt, upTo);
  const newest = lastTime(schedule.timing, mark.decidedUpTo, upTo);
  if (newest === undefined) return verdict(situation, settle(situation, undefined, refusal), undefined, now);

  const haltedUpTo = Math.max(mark.decidedUpTo, Math.min(halt?.upTo ?? -Infinity, upTo));
  const candidate = newest > haltedUpTo && !isLate(schedule, newest, upTo) ? newest : undefined;
  const skipped = halt && several(schedule, mark.decidedUpTo, haltedUpTo);
  const missed = several(schedule, haltedUpTo, candidate === undefined ? upTo : candidate - 1);
  const decisions: Decision[] = [];
  if (skipped) decisions.push({ kind: 'skip', why: halt.why, ...skipped });
  if (missed) decisions.push({ kind: 'miss', ...missed });
  decisions.push(...settle(situation, candidate === undefined ? undefined : occurrenceKey(candidate), refusal));
  return verdict(situation, decisions, { upTo: newest, reset: false }, now);
}

/** What the clock passed over is let go. What waits goes on waiting. */
function afterCorrection(situation: Situation, after: number, why: string, now: Moment): Verdict {
  const { schedule } = situation;
  const upTo = dueUpTo(schedule, now);
  const isPassedOver = after > upTo || lastTime(schedule.timing, after, upTo) !== undefined;
  const line = { kind: 'correct', key: `${occurrenceKey(now.wall)}/clock`, why } as const;
  const waiting = settle(situation, undefined, refusalOf(situation, haltOf(situation, now.wall), upTo));
  return verdict(situation, [...(isPassedOver ? [line] : []), ...waiting], { upTo, reset: true }, now);
}

function haltOf({ schedule, mark, frozen }: Situation, now: number): Halt | undefined {
  if (frozen !== undefined) return { why: frozen, upTo: Infinity };
  if (schedule.paused) return { why: 'it is paused in the configuration', upTo: Infinity };
  const pause = mark?.paused;
  if (pause === undefined) return undefined;
  const until = pause.until === undefined ? Infinity : Date.parse(pause.until);
  const why = `${pause.by} paused it${pause.reason === '' ? '' : `: ${pause.reason}`}`;
  return { why, upTo: until <= now ? until - delayOf(schedule) - 1 : Infinity };
}

/** Why the one that is queued is not started, if it is not. */
function refusalOf({ schedule, queued }: Situation, halt: Halt | undefined, upTo: number): Refusal {
  return {
    ...(halt !== undefined && halt.upTo >= upTo && { halted: halt.why }),
    isLate: queued !== undefined && isLate(schedule, keyInstant(queued.key), upTo),
  };
}

function several({ timing }: Schedule, after: number, upTo: number): Several | undefined {
  const last = lastTime(timing, after, upTo);
  if (last === undefined) return undefined;
  const since = occurrenceKey(nextTime(timing, after) ?? last);
  return { key: occurrenceKey(last), count: countTimes(timing, after, upTo), since };
}

function verdict(situation: Situation, decisions: readonly Decision[], mark: Verdict['mark'], now: Moment): Verdict {
  const { schedule } = situation;
  const next = nextTime(
    schedule.timing,
    Math.max(mark?.upTo ?? situation.mark?.decidedUpTo ?? 0, dueUpTo(schedule, now)),
  );
  const queued = decisions.find(({ kind }) => kind === 'queue');
  const waiting = queued !== undefined && 'key' in queued ? queued.key : situation.queued?.key;
  const times = [next, waiting === undefined ? undefined : lateFrom(schedule, keyInstant(waiting))]
    .flatMap((time) => (time === undefined ? [] : [time + delayOf(schedule)]))
    .filter((time) => time > now.wall);
  return { decisions, ...(mark !== undefined && { mark }), ...(times.length > 0 && { wakeAt: Math.min(...times) }) };
}

/** Up to that time occurrences are due: all of a schedule start equally later than meant. */
const dueUpTo = (schedule: Schedule, now: Moment): number => now.wall - delayOf(schedule);

const lateFrom = (schedule: Schedule, time: number): number => time + graceOf(schedule, time) + 1;

const isLate = (schedule: Schedule, time: number, upTo: number): boolean => upTo >= lateFrom(schedule, time);
