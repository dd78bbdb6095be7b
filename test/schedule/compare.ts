import assert from 'node:assert/strict';
import { parseCron } from '../../src/model/cron.ts';
import type { Timing } from '../../src/model/schedule.ts';
import { nextTime, timesBetween } from '../../src/schedule/times.ts';
import { type Job, readJob, runCron, type Span } from './debian-cron.ts';
import { WallClock } from './wall-clock.ts';

const MINUTE = 60_000;

export interface Compared {
  readonly minutes: number;
  readonly times: number;
}

/** Fails at the first time of a job that Debian's cron and `src/schedule` do not have both. */
export function compareWithCron(jobs: readonly Job[], timezone: string, spans: readonly Span[]): Compared {
  const clock = new WallClock(timezone);
  const timings = jobs.map(({ text }) => cronTiming(text, timezone));
  let minutes = 0;
  let times = 0;
  for (const span of spans) {
    minutes += span.last - span.first + 1;
    for (const [index, started] of runCron(jobs, span, (minute) => clock.offsetAt(minute)).entries()) {
      times += started.length;
      compareTimes(timings[index] ?? assert.fail(), started, span);
    }
  }
  return { minutes, times };
}

export function cronTiming(text: string, timezone: string): Timing & { readonly kind: 'cron' } {
  const cron = parseCron(text);
  return cron.ok ? { kind: 'cron', cron: cron.value, timezone } : assert.fail(`${text}: ${cron.error.message}`);
}

export const jobsOf = (texts: readonly string[]): readonly Job[] => texts.map(readJob);

function compareTimes(timing: Timing & { readonly kind: 'cron' }, started: readonly number[], span: Span): void {
  const { cron, timezone } = timing;
  const [after, upTo] = [span.first * MINUTE - 1, span.last * MINUTE];
  let at = 0;
  for (const time of timesBetween(timing, after, upTo)) {
    if (time !== (started[at] ?? NaN) * MINUTE) differ(`${shown(time / MINUTE)}, and cron at ${shown(started[at])}`);
    at += 1;
  }
  if (at < started.length) differ(`not, and cron at ${shown(started[at])}`);
  const first = started[0];
  if (first !== undefined && nextTime(timing, after) !== first * MINUTE) differ(`next not at ${shown(first)}`);

  function differ(how: string): never {
    assert.fail(`${cron.text} in ${timezone}: due ${how}`);
  }
}

const shown = (minute: number | undefined): string =>
  minute === undefined ? 'no time' : new Date(minute * MINUTE).toISOString();
