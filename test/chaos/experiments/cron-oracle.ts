import assert from 'node:assert/strict';
import { compareWithCron, jobsOf } from '../../schedule/compare.ts';
import { expressions } from '../../schedule/expressions.ts';
import { WallClock } from '../../schedule/wall-clock.ts';
import type { Experiment } from '../experiment.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const YEARS = { first: 2024, last: 2037 };
const EXPRESSIONS = 200;
/** Some forty days of chance besides. */
const SPAN = 60_000;

/** In each round another zone: all its changes of these years, a day and a half around each, minute by minute. */
export const experiment: Experiment = {
  promise: "a schedule is due when Debian's cron would start it, in each zone and at each change of its clocks",
  rounds: { inTests: 3, long: ZONES.length },
  onHosts: false,
  prepare: () =>
    Promise.resolve({
      cases: ZONES.length,
      round: (random, round) => {
        const timezone = ZONES[round - 1] ?? assert.fail('there is no such zone');
        const changes = new WallClock(timezone).changes(YEARS.first, YEARS.last);
        const [first, end] = [Date.UTC(YEARS.first, 0) / 60_000, Date.UTC(YEARS.last + 1, 0) / 60_000];
        const begin = random.between(first, end - SPAN);
        const spans = [...changes, { first: begin, last: begin + SPAN - 1 }];
        const { minutes, times } = compareWithCron(jobsOf(expressions(EXPRESSIONS, random)), timezone, spans);
        return Promise.resolve({ changes: changes.length, minutes, times });
      },
      end: () => {},
    }),
};
