import assert from 'node:assert/strict';
import { keyInstant, occurrenceKey } from '../../src/model/occurrence-key.ts';
import { OVERLAPS, type Schedule, type Timing } from '../../src/model/schedule.ts';
import { delayOf, graceOf } from '../../src/schedule/due.ts';
import { timesBetween } from '../../src/schedule/times.ts';
import type { Random } from '../support/random.ts';
import { cronTiming } from './compare.ts';
import { expressions } from './expressions.ts';
import { sampleSchedule } from './sample-schedule.ts';
import { SimulatedServe, type Row } from './simulated-serve.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Cairo', 'UTC'];

export interface Simulated {
  readonly serve: SimulatedServe;
  readonly schedules: readonly Schedule[];
}

/** Some days of some schedules, in which the process and its clock have the accidents that chance has for them. */
export function simulate(random: Random, troubles: number): Simulated {
  const schedules = Array.from({ length: random.between(1, 6) }, (_, index) => randomSchedule(random, `s${index}`));
  const lengths = random.pick([
    [1, 30_000],
    [20_000, 10 * MINUTE],
    [MINUTE, 3 * HOUR],
  ]);
  const [shortest = 0, longest = 0] = lengths;
  const serve = new SimulatedServe(schedules, Date.UTC(2026, 9, random.between(20, 30)), random.between(1, 4), () =>
    random.between(shortest, longest),
  );
  serve.run(MINUTE);
  for (let trouble = 0; trouble < troubles; trouble += 1) {
    serve.run(random.between(1000, random.pick([5 * MINUTE, 2 * HOUR, 8 * HOUR])));
    makeTrouble(serve, schedules, random);
  }
  serve.run(2 * HOUR);
  return { serve, schedules };
}

function makeTrouble(serve: SimulatedServe, schedules: readonly Schedule[], random: Random): void {
  const { name } = random.pick(schedules);
  const by = { by: 'ann', reason: '', at: occurrenceKey(serve.wall) };
  switch (random.below(9)) {
    case 0:
      serve.down(random.between(1000, random.pick([10 * MINUTE, 5 * HOUR, 3 * DAY])));
      return;
    case 1:
      serve.step(random.between(1000, 3 * HOUR));
      return;
    case 2:
      serve.step(-random.between(1000, 3 * HOUR));
      return;
    case 3:
      serve.step(random.pick([-1, 1]) * random.between(3 * HOUR + 1000, 400 * DAY));
      return;
    case 4:
      serve.pauses.set(
        name,
        random.chance(50) ? by : { ...by, until: occurrenceKey(serve.wall + random.between(MINUTE, DAY)) },
      );
      return;
    case 5:
      serve.pauses.delete(name);
      return;
    case 6:
      serve.frozen = serve.frozen === undefined ? 'frozen' : undefined;
      return;
    default:
      serve.killedIn = random.below(12);
  }
}

function randomSchedule(random: Random, name: string): Schedule {
  const every: Timing = { kind: 'every', everyMs: 1000 * random.between(30, 4000) };
  const cron = cronTiming(random.pick(expressions(80, random)), random.pick(ZONES));
  return sampleSchedule({
    name,
    timing: random.chance(30) ? every : cron,
    overlap: random.pick(OVERLAPS),
    ...(random.chance(40) && { jitterMs: random.between(1, 29_000) }),
    ...(random.chance(30) && { graceMs: random.between(1, 2 * HOUR) }),
  });
}

/** What holds whatever happens to the process and its clock. */
export function assertSound({ serve, schedules }: Simulated): void {
  const started = new Set<string>();
  for (const { schedule, key, wall, wasQueued, adopted } of serve.starts) {
    assert.ok(!started.has(`${schedule} ${key}`), `${schedule} ${key} was started twice`);
    started.add(`${schedule} ${key}`);
    const of = schedules.find(({ name }) => name === schedule) ?? assert.fail();
    const late = wall - keyInstant(key) - delayOf(of);
    if (adopted || wasQueued) continue;
    assert.ok(
      late >= 0 && late <= graceOf(of, keyInstant(key)) + 1000,
      `${schedule} ${key} was started ${late} ms late`,
    );
  }
  for (const schedule of schedules) assertCounted(serve, schedule);
}

/** Each time has one row, of its own or as one of several, unless the clock was corrected. */
function assertCounted(serve: SimulatedServe, { name, timing }: Schedule): void {
  const rows = [...serve.rows.values()].filter(({ schedule }) => schedule === name);
  if (rows.some(isCorrection)) return;
  const counted = rows.flatMap((row) => timesOf(row, timing)).toSorted((a, b) => a - b);
  const upTo = serve.marks.get(name) ?? -Infinity;
  const times = [...timesBetween(timing, serve.firstMarks.get(name) ?? Infinity, upTo)];
  assert.deepEqual(counted, times, `${name} has a row for each time`);
}

/** The line that says so. */
export const isCorrection = ({ key }: Row): boolean => key.endsWith('/clock');

function timesOf({ key, since, count }: Row, timing: Timing): readonly number[] {
  const times = [...timesBetween(timing, keyInstant(since) - 1, keyInstant(key) + 999)];
  assert.equal(times.length, count, `${count} from ${since} to ${key}`);
  return times;
}
