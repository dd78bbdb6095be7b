import { keyInstant, occurrenceKey } from '../model/occurrence-key.ts';
import type { Schedule } from '../model/schedule.ts';
import { correctionOf, type Moment } from './clock-step.ts';
import type { Decision, Several, Situation, Verdict } from './decision.ts';
import { delayOf, isLate, lateFrom } from './due.ts';
import { settle, type Refusal } from './overlap.ts';
import { countTimes, lastTime, nextTime } from './times.ts';

/** Why occurrences up to a time are not started. */
interface Halt {
  readonly why: string;
  readonly upTo: number;
}

/** `upTo`: until then times are due. All of a schedule start equally later than they are meant. */
interface Question extends Situation {
  readonly now: number;
  readonly delay: number;
  readonly upTo: number;
}

/**
 * What is to become of the occurrences that are due, and of the one that waits: docs/scheduling.md. Pure. To be asked at `wakeAt`,
 * when a run ends, and at least each minute, so that a clock that jumps is noticed. `before`: when this process asked for this
 * schedule the last time; absent after its start.
 */
export function decide(situation: Situation, now: Moment, before?: Moment): Verdict {
  const { schedule, mark } = situation;
  const delay = delayOf(schedule);
  const question = { ...situation, now: now.wall, delay, upTo: now.wall - delay };
  if (mark === undefined) return verdict(question, [], { upTo: now.wall, reset: false });
  const correction = correctionOf(now, before, mark.decidedUpTo);
  return correction === undefined
    ? decideDue(question, mark.decidedUpTo)
    : afterCorrection(question, mark.decidedUpTo, correction);
}

function decideDue(question: Question, after: number): Verdict {
  const { schedule, upTo } = question;
  const halt = haltOf(question);
  const refusal = refusalOf(question, halt);
  const newest = lastTime(schedule.timing, after, upTo);
  if (newest === undefined) return verdict(question, settle(question, undefined, refusal));

  const haltedUpTo = Math.max(after, Math.min(halt?.upTo ?? -Infinity, upTo));
  const candidate = newest > haltedUpTo && !isLate(schedule, newest, upTo) ? newest : undefined;
  const skipped = halt && several(schedule, after, haltedUpTo);
  const missed = several(schedule, haltedUpTo, candidate === undefined ? upTo : candidate - 1);
  const decisions: Decision[] = [];
  if (skipped) decisions.push({ kind: 'skip', why: halt.why, ...skipped });
  if (missed) decisions.push({ kind: 'miss', ...missed });
  decisions.push(...settle(question, candidate === undefined ? undefined : occurrenceKey(candidate), refusal));
  return verdict(question, decisions, { upTo: newest, reset: false });
}

/** What the clock passed over is let go. What waits goes on waiting. */
function afterCorrection(question: Question, after: number, why: string): Verdict {
  const { schedule, now, upTo } = question;
  const isPassedOver = after > upTo || lastTime(schedule.timing, after, upTo) !== undefined;
  const line = { kind: 'correct', key: `${occurrenceKey(now)}/clock`, why } as const;
  const waiting = settle(question, undefined, refusalOf(question, haltOf(question)));
  return verdict(question, [...(isPassedOver ? [line] : []), ...waiting], { upTo, reset: true });
}

function haltOf({ schedule, mark, frozen, now, delay }: Question): Halt | undefined {
  if (frozen !== undefined) return { why: frozen, upTo: Infinity };
  if (schedule.paused) return { why: 'it is paused in the configuration', upTo: Infinity };
  const pause = mark?.paused;
  if (pause === undefined) return undefined;
  const until = pause.until === undefined ? Infinity : Date.parse(pause.until);
  const why = `${pause.by} paused it${pause.reason === '' ? '' : `: ${pause.reason}`}`;
  return { why, upTo: until <= now ? until - delay - 1 : Infinity };
}

/** Why the one that is queued is not started, if it is not. */
function refusalOf({ schedule, queued, upTo }: Question, halt: Halt | undefined): Refusal {
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

function verdict(question: Question, decisions: readonly Decision[], mark?: Verdict['mark']): Verdict {
  const { schedule, now, delay, upTo } = question;
  const next = nextTime(schedule.timing, Math.max(mark?.upTo ?? question.mark?.decidedUpTo ?? upTo, upTo));
  const queued = decisions.find((decision) => decision.kind === 'queue') ?? question.queued;
  const times = [next, queued === undefined ? undefined : lateFrom(schedule, keyInstant(queued.key))]
    .flatMap((time) => (time === undefined ? [] : [time + delay]))
    .filter((time) => time > now);
  return { decisions, ...(mark !== undefined && { mark }), ...(times.length > 0 && { wakeAt: Math.min(...times) }) };
}
