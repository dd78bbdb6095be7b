import assert from 'node:assert/strict';
import { keyInstant } from '../../../src/model/occurrence-key.ts';
import { OVERLAPS } from '../../../src/model/schedule.ts';
import { timesBetween } from '../../../src/schedule/times.ts';
import { sampleSchedule } from '../../schedule/sample-schedule.ts';
import { SimulatedServer } from '../../server/simulated-server.ts';
import type { Experiment } from '../experiment.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const LASTS_MS = 40_000;
const TIMES = 5 * MINUTE;

/**
 * In each round `serve` dies at another write: before it, or after it and before it knows of it; in some its successor dies, too. The
 * schedules cover each overlap, with runs that are shorter and longer than the time between two.
 */
export const experiment: Experiment = {
  promise: 'wherever serve dies, each time of a schedule has one row and at most one run, and none is left open',
  rounds: { inTests: 40, long: 1000 },
  onHosts: false,
  prepare: () =>
    Promise.resolve({
      round: async (random, round) => {
        const schedules = OVERLAPS.flatMap((overlap) =>
          [30_000, MINUTE].map((everyMs) =>
            sampleSchedule({ name: `${overlap}-${everyMs}`, overlap, timing: { kind: 'every', everyMs } }),
          ),
        );
        const server = new SimulatedServer({
          schedules,
          start: START - 1,
          room: random.between(2, 6),
          lastsMs: () => LASTS_MS,
          downMs: random.pick([100, 5000, 20_000]),
        });
        server.killedIn = (round % 250) / 2;
        server.start();
        await server.clock.sleep(TIMES);
        if (random.chance(30)) server.killedIn = random.below(40) / 2;
        await server.clock.sleep(TIMES);
        await server.end();
        assert.deepEqual(server.problems, []);
        for (const { name, timing } of schedules) {
          const rows = server.rows(name);
          assert.deepEqual(
            rows.filter(({ state }) => state === 'running'),
            [],
            `${name}: none is left open`,
          );
          const counted = rows.flatMap(({ key, since = key, count = 1 }) => {
            const times = [...timesBetween(timing, keyInstant(since) - 1, keyInstant(key))];
            assert.equal(times.length, count, `${name}: ${count} from ${since} to ${key}`);
            return times;
          });
          const newest = rows.at(-1)?.key ?? assert.fail(`${name} has no row`);
          const first = rows[0]?.since ?? rows[0]?.key ?? '';
          assert.deepEqual(counted, [...timesBetween(timing, keyInstant(first) - 1, keyInstant(newest))], name);
          assert.ok(keyInstant(newest) >= START + 2 * TIMES - 2 * MINUTE, `${name} went on: ${newest}`);
        }
        const starts = server.begun
          .filter(({ how }) => how === 'start')
          .map(({ schedule, key }) => `${schedule} ${key}`);
        assert.equal(new Set(starts).size, starts.length, 'none is begun twice');
        const resumed = server.begun.length - starts.length;
        return { kills: server.kills, starts: starts.length, resumed };
      },
      end: () => {},
    }),
};
