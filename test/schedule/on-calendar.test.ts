import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import type { Timing } from '../../src/model/schedule.ts';
import { onCalendar } from '../../src/schedule/on-calendar.ts';
import { nextTime } from '../../src/schedule/times.ts';
import { skip } from '../support/skip.ts';
import { cronTiming } from './compare.ts';

const NOW = Date.parse('2026-11-23T20:00Z');

function lines(timing: Timing): readonly string[] {
  const calendar = onCalendar(timing, NOW);
  assert.ok(calendar.ok, calendar.ok ? '' : calendar.error);
  return calendar.value.lines;
}

const every = (seconds: number): Timing => ({ kind: 'every', everyMs: seconds * 1000 });

describe('The times of a schedule for systemd', function () {
  this.timeout(60_000);

  it('are in its zone, and in UTC where clocks do not matter', () => {
    assert.deepEqual(lines(cronTiming('15 4 * * mon-fri', 'Asia/Kolkata')), [
      'Mon,Tue,Wed,Thu,Fri *-*-* 04:15:00 Asia/Kolkata',
    ]);
    assert.deepEqual(lines(cronTiming('*/5 * * * *', 'Europe/Berlin')), ['*-*-* *:00/5:00 UTC']);
    assert.deepEqual(lines(cronTiming('*/20 * * * *', 'Asia/Kolkata')), ['*-*-* *:10/20:00 UTC']);
  });

  it('are two lines when either day is enough', () => {
    assert.deepEqual(lines(cronTiming('0 4 1,15 * mon', 'UTC')), ['*-*-01,15 04:00:00 UTC', 'Mon *-*-* 04:00:00 UTC']);
  });

  it('name the days on which clocks change where systemd would leave a time out', () => {
    const calendar = onCalendar(cronTiming('30 2 * * *', 'Europe/Berlin'), NOW);
    assert.ok(calendar.ok);
    assert.equal(calendar.value.years, 10);
    assert.deepEqual(calendar.value.lines.slice(0, 2), ['*-*-* 02:30:00 Europe/Berlin', '2027-03-28 01:00:00 UTC']);
    assert.equal(calendar.value.lines.length, 11);
  });

  it('are those of each week for an interval that divides it, and an error for another', () => {
    assert.deepEqual(lines(every(30)), ['*-*-* *:*:00,30 UTC']);
    assert.deepEqual(lines(every(90)), ['*-*-* *:00/3:00 UTC', '*-*-* *:01/3:30 UTC']);
    assert.deepEqual(lines(every(7 * 86_400)), ['Thu *-*-* 00:00:00 UTC']);
    const odd = onCalendar(every(2 * 86_400), NOW);
    assert.match(odd.ok ? '' : odd.error, /runbook serve$/);
  });

  const changes = {
    'Europe/Berlin': ['2027-03-27T12:00Z', '2026-10-24T18:00Z'],
    'America/New_York': ['2027-03-13T12:00Z', '2026-10-31T12:00Z'],
    'Australia/Lord_Howe': ['2027-10-02T06:00Z', '2027-04-03T06:00Z'],
    'Europe/Dublin': ['2027-03-27T12:00Z', '2026-10-24T18:00Z'],
  };
  for (const [zone, when] of Object.entries(changes))
    it(`are the schedule's for the systemd of this machine, around changes of the clock in ${zone}`, function () {
      if (spawnSync('systemd-analyze', ['--version']).status !== 0) skip(this, 'needs systemd-analyze');
      for (const cron of ['30 2 * * *', '*/30 2 * * *', '45 1-3 * * sun', '0 4 1,28 * mon', '5 * * * *'])
        for (const base of when.map((each) => Date.parse(each))) {
          const timing = cronTiming(cron, zone);
          const calendar = onCalendar(timing, base);
          assert.ok(calendar.ok);
          const ours: number[] = [];
          for (let time = base; ours.length < 8; ours.push(time)) time = nextTime(timing, time) ?? assert.fail('never');
          const theirs = timesOfSystemd(calendar.value.lines.slice(0, 6), base);
          const until = ours.at(-1) ?? 0;
          assert.deepEqual(
            [...new Set(theirs)].filter((time) => time <= until).toSorted((a, b) => a - b),
            ours,
            `${cron} ${zone} from ${new Date(base).toISOString()}`,
          );
        }
    });
});

function timesOfSystemd(lines: readonly string[], from: number): readonly number[] {
  const base = `--base-time=${new Date(from).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const environment = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
  const text = execFileSync('systemd-analyze', ['calendar', '--iterations=9', base, ...lines], {
    encoding: 'utf8',
    env: environment,
  });
  return [...text.matchAll(/: \w+ (\S+) (\S+) UTC/g)].map(([, date, time]) => Date.parse(`${date}T${time}Z`));
}
