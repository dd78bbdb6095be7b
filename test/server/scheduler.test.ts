import assert from 'node:assert/strict';
import { keyInstant, occurrenceKey } from '../../src/model/occurrence-key.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import { StoreFault } from '../../src/model/store-fault.ts';
import { cronTiming } from '../schedule/compare.ts';
import { readJob, runCron } from '../schedule/debian-cron.ts';
import { sampleSchedule } from '../schedule/sample-schedule.ts';
import { WallClock } from '../schedule/wall-clock.ts';
import { SimulatedServer, type SimulatedOptions } from './simulated-server.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);

describe('The loop of serve', () => {
  const everyMinute = (given: Partial<Schedule> = {}): Schedule =>
    sampleSchedule({ name: 'minute', timing: { kind: 'every', everyMs: MINUTE }, ...given });
  const servers: SimulatedServer[] = [];
  const serverOf = (given: Partial<SimulatedOptions> = {}): SimulatedServer => {
    const server = new SimulatedServer({ start: START + 1, schedules: [everyMinute()], ...given });
    servers.push(server);
    return server;
  };

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.end();
  });

  const statesOf = (server: SimulatedServer, schedule = 'minute'): readonly string[] =>
    server
      .rows(schedule)
      .map(({ key, state, count = 1 }) => `${key.slice(11, 19)} ${state}${count > 1 ? ` x${count}` : ''}`);

  it('starts in a week in which clocks change what cron starts', async () => {
    const texts = ['*/7 * * * *', '30 2 * * *', '0 */3 * * *', '15 1,2,3 * * sun', '0 * * * *'];
    const timezone = 'Europe/Berlin';
    const first = Date.UTC(2026, 9, 22) / MINUTE;
    const last = first + (7 * DAY) / MINUTE - 1;
    const schedules = texts.map((text, at) => sampleSchedule({ name: `s${at}`, timing: cronTiming(text, timezone) }));
    const server = serverOf({ schedules, start: first * MINUTE - 1 });
    server.start();
    await server.clock.sleep(7 * DAY);
    await server.end();
    const clock = new WallClock(timezone);
    const started = runCron(texts.map(readJob), { first, last }, (minute) => clock.offsetAt(minute));
    for (const [at, minutes] of started.entries()) {
      const ours = server.begun.filter(({ schedule }) => schedule === `s${at}`);
      assert.deepEqual(
        ours.map(({ key }) => keyInstant(key)),
        minutes.map((minute) => minute * MINUTE),
        texts[at],
      );
      for (const { at: begun, key } of ours) assert.ok(begun - keyInstant(key) < SECOND, key);
    }
    assert.ok(server.begun.length > 1600, `${server.begun.length} starts`);
    assert.deepEqual(server.problems, []);
  }).timeout(30_000);

  it('skips, queues or replaces when the one before still runs', async () => {
    const names = ['skip', 'queue', 'replace'] as const;
    const schedules = names.map((overlap) => everyMinute({ name: overlap, overlap }));
    const server = serverOf({ schedules, lastsMs: () => 150 * SECOND });
    server.start();
    await server.clock.sleep(6 * MINUTE + 10 * SECOND);
    assert.deepEqual(statesOf(server, 'skip'), [
      '00:01:00 ended',
      '00:03:00 skipped x2',
      '00:04:00 running',
      '00:06:00 skipped x2',
    ]);
    assert.deepEqual(statesOf(server, 'queue'), [
      '00:01:00 ended',
      '00:02:00 replaced',
      '00:03:00 ended',
      '00:05:00 replaced x2',
      '00:06:00 running',
    ]);
    assert.deepEqual(statesOf(server, 'replace').slice(0, 2), ['00:01:00 ended', '00:02:00 ended']);
    assert.deepEqual(server.problems, []);
  });

  it('interrupts what runs here for the next one, also beside what runs elsewhere', async () => {
    const server = serverOf({ schedules: [everyMinute({ overlap: 'replace' })], lastsMs: () => 10 * MINUTE });
    const [other, dead] = [server.start(), server.start()];
    server.kill(dead);
    other.stop.abort();
    await other.done;
    for (const [process, runId] of [
      [other.process, '01k0000000000000000000000a'],
      [dead.process, '01k0000000000000000000000b'],
    ] as const) {
      const decidedAt = new Date(START).toISOString();
      const key = `${occurrenceKey(START)}/${runId}`;
      server.schedules.take({ schedule: 'minute', key, state: 'running', process, runId, decidedAt });
    }
    server.start();
    await server.clock.sleep(MINUTE + SECOND);
    assert.deepEqual(
      server.begun.map(({ key }) => key),
      ['2026-01-01T00:00:00Z/01k0000000000000000000000b'],
    );
    assert.equal(server.records.get('01k0000000000000000000000b')?.exitCode, 130);
    assert.deepEqual(statesOf(server).at(-1), '00:01:00 queued');
  });

  it('has no more runs at once than it may, and lets those that wait longest go first', async () => {
    const schedules = ['a', 'b', 'c', 'd'].map((name) =>
      everyMinute({ name, timing: { kind: 'every', everyMs: HOUR } }),
    );
    const server = serverOf({ schedules, room: 1, lastsMs: () => 2 * MINUTE });
    server.start();
    await server.clock.sleep(HOUR + 20 * MINUTE);
    const ends = server.begun.map(({ at }) => Math.round((at - START - HOUR) / MINUTE));
    assert.deepEqual(ends, [0, 2, 4, 6]);
    assert.equal(new Set(server.begun.map(({ schedule }) => schedule)).size, 4);
  });

  it('does nothing while all is frozen, and catches nothing up', async () => {
    const server = serverOf();
    server.frozen = 'frozen by ann';
    server.start();
    await server.clock.sleep(3 * MINUTE + SECOND);
    server.frozen = undefined;
    await server.clock.sleep(MINUTE);
    assert.deepEqual(statesOf(server), ['00:03:00 skipped x3', '00:04:00 ended']);
  });

  it('tells what it missed while no process ran, in one row, and catches up with the newest', async () => {
    const server = serverOf();
    server.start();
    await server.clock.sleep(MINUTE + 30 * SECOND);
    server.kill();
    await server.clock.sleep(10 * MINUTE);
    server.start();
    await server.clock.sleep(10 * SECOND);
    assert.deepEqual(statesOf(server), ['00:01:00 ended', '00:10:00 missed x9', '00:11:00 ended']);
    assert.deepEqual(
      server.told.map(({ state, count }) => [state, count]),
      [['missed', 9]],
    );
  });

  it('starts nothing twice when the clock is put back an hour, and forgets a year that it was put forward', async () => {
    const server = serverOf();
    const { scheduler } = server.start();
    await server.clock.sleep(2 * MINUTE + SECOND);
    server.clock.step(-HOUR);
    await server.clock.sleep(HOUR + SECOND);
    assert.equal(server.begun.length, 2);
    assert.equal(scheduler.decidedUpTo(everyMinute()), START + 2 * MINUTE);
    server.clock.step(365 * DAY);
    await server.clock.sleep(3 * MINUTE);
    assert.equal(new Set(server.begun.map(({ key }) => key)).size, server.begun.length);
    assert.ok(server.begun.at(-1)?.key.startsWith('2027-01-01T00:0'), server.begun.at(-1)?.key);
    assert.deepEqual(
      server
        .rows()
        .filter(({ key }) => key.endsWith('/clock'))
        .map(({ note }) => note),
      ['the clock was put forward by 365d'],
    );
    assert.equal(server.told.length, 0);
  });

  it('goes on within a minute with what a process that died had in hand, also where something is due each minute', async () => {
    const server = serverOf({ lastsMs: () => 10 * MINUTE });
    const other = server.start();
    await server.clock.sleep(MINUTE + 20 * SECOND);
    server.start();
    await server.clock.sleep(SECOND);
    server.kill(other);
    const diedAt = server.clock.now();
    await server.clock.sleep(2 * MINUTE);
    const [, resumed] = server.begun;
    assert.equal(resumed?.how, 'resume');
    assert.ok(resumed.at - diedAt <= MINUTE, `after ${resumed.at - diedAt} ms`);
  });

  it('goes on with what a process that died had in hand, and with nothing that lives', async () => {
    const server = serverOf({ lastsMs: () => 30 * SECOND });
    const other = server.start();
    await server.clock.sleep(MINUTE + SECOND);
    server.start();
    await server.clock.sleep(10 * SECOND);
    assert.deepEqual(
      server.begun.map(({ how }) => how),
      ['start'],
    );
    server.kill(other);
    await server.clock.sleep(2 * MINUTE + 40 * SECOND);
    assert.deepEqual(
      server.begun.slice(0, 2).map(({ how, key }) => `${how} ${key.slice(11, 19)}`),
      ['start 00:01:00', 'resume 00:01:00'],
    );
    assert.equal(server.rows()[0]?.state, 'ended');
    assert.deepEqual(server.problems, []);
  });

  it('starts what a process that died had taken and not begun within its grace only', async () => {
    for (const [late, states] of [
      [40 * SECOND, ['00:01:00 ended']],
      [10 * MINUTE, ['00:01:00 missed', '00:10:00 missed x9', '00:11:00 ended']],
    ] as const) {
      const server = serverOf();
      const first = server.start();
      await server.clock.sleep(30 * SECOND);
      server.kill(first);
      const { process } = first;
      const key = '2026-01-01T00:01:00Z';
      const row = { schedule: 'minute', key, state: 'running', process, runId: '01k00000000000000000000000' } as const;
      server.schedules.take({ ...row, decidedAt: key });
      server.schedules.decideUpTo('minute', keyInstant(key));
      await server.clock.sleep(30 * SECOND + late);
      server.start();
      await server.clock.sleep(10 * SECOND);
      assert.deepEqual(statesOf(server), states);
      assert.equal(server.told.length, states.length - 1);
    }
  });

  it('goes on with no repair of a schedule that is in mode shadow by now', async () => {
    const schedules = [everyMinute()];
    const server = serverOf({ schedules, lastsMs: () => 30 * SECOND });
    const first = server.start();
    await server.clock.sleep(MINUTE + SECOND);
    server.kill(first);
    schedules[0] = everyMinute({ mode: 'shadow' });
    server.start();
    await server.clock.sleep(10 * SECOND);
    assert.deepEqual(statesOf(server), ['00:01:00 failed']);
    assert.deepEqual(
      server.begun.map(({ how }) => how),
      ['start'],
    );
    assert.match(server.told[0]?.note ?? '', /mode is shadow by now: runbook resume goes on with it/);
  });

  it('begins nothing that was taken and is paused by now', async () => {
    const server = serverOf();
    const first = server.start();
    await server.clock.sleep(30 * SECOND);
    server.kill(first);
    const { process } = first;
    const key = '2026-01-01T00:01:00Z';
    const row = { schedule: 'minute', key, state: 'running', process, runId: '01k00000000000000000000000' } as const;
    server.schedules.take({ ...row, decidedAt: key });
    server.schedules.pause('minute', { by: 'ann', reason: 'a talk', at: key });
    await server.clock.sleep(35 * SECOND);
    server.start();
    await server.clock.sleep(10 * SECOND);
    assert.deepEqual(statesOf(server), ['00:01:00 skipped']);
    assert.deepEqual(server.begun, []);
  });

  it('shares what is due with another process on the same record', async () => {
    const server = serverOf();
    server.start();
    server.start();
    await server.clock.sleep(30 * MINUTE + SECOND);
    assert.deepEqual(
      server.begun.map(({ key }) => key),
      server.rows().map(({ key }) => key),
    );
    assert.equal(server.begun.length, 30);
    assert.deepEqual(server.problems, []);
  });

  it('says of what it missed whether nothing ran then, or the store could not be written', async () => {
    const schedules = [everyMinute({ graceMs: SECOND })];
    const server = serverOf({ schedules });
    server.start();
    await server.clock.sleep(MINUTE + 30 * SECOND);
    server.fault = new StoreFault('full', 'no room is left');
    await server.clock.sleep(2 * MINUTE);
    server.fault = undefined;
    await server.clock.sleep(10 * SECOND);
    server.kill();
    await server.clock.sleep(2 * MINUTE);
    server.start();
    await server.clock.sleep(10 * SECOND);
    assert.deepEqual(
      server.rows().flatMap(({ state, note, count }) => (state === 'missed' ? [[count, note]] : [])),
      [
        [2, 'the record could not be written then'],
        [2, 'no scheduler ran then, or this machine slept'],
      ],
    );
  });

  it('starts nothing while the store fails, tries again, and goes on with what could not write its end', async () => {
    const server = serverOf({ lastsMs: () => 5 * SECOND });
    server.start();
    await server.clock.sleep(MINUTE + SECOND);
    const fault = new StoreFault('full', 'no room is left');
    server.fault = fault;
    await server.clock.sleep(MINUTE + 30 * SECOND);
    assert.ok(
      server.faults.length > 3,
      'each is reported, also the same again: a store that is broken is opened anew for each',
    );
    assert.ok(server.faults.every((each) => each === fault));
    assert.deepEqual(statesOf(server), ['00:01:00 running']);
    server.fault = undefined;
    await server.clock.sleep(40 * SECOND);
    assert.deepEqual(
      server.faults.filter((each) => each !== fault),
      [undefined],
    );
    // The run of the first could not write its end either: it was gone on with.
    assert.deepEqual(statesOf(server), ['00:01:00 ended', '00:02:00 skipped', '00:03:00 ended']);
    assert.deepEqual(
      server.begun.map(({ how }) => how),
      ['start', 'resume', 'start'],
    );
    assert.deepEqual(server.problems, []);
  });
});
