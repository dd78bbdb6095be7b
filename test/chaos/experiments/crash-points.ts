import assert from 'node:assert/strict';
import { startLightHost, type FleetHost } from '../../fleet/host.ts';
import { pointsPassed } from '../controller.ts';
import { CountedRun } from '../counted-run.ts';
import type { Course } from '../counted-runbook.ts';
import type { Experiment } from '../experiment.ts';
import { newestRun, type RunRecord } from '../run-record.ts';

const COURSES = ['repaired', 'rolled-back'] as const;
const NEVER = 0;

/** Where the controller of a run dies, and then that of its resume. */
interface Crash {
  readonly course: Course;
  readonly run: number;
  readonly resume?: number;
}

/** The real program dies right before and right after each call of its store and its transports; so does the one that goes on. */
export const experiment: Experiment = {
  promise: 'no step runs twice or is lost at whichever point the controller dies, nor when the one that goes on dies',
  rounds: { inTests: 3, long: 10_000 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `point${Math.random().toString(36).slice(2, 8)}` });
    const crashes: Crash[] = [];
    for (const course of COURSES) crashes.push(...(await crashesOf(host, course)));
    return {
      cases: crashes.length,
      round: async (_random, round) => {
        const crash = crashes[round - 1];
        assert.ok(crash !== undefined, `there are ${crashes.length} points`);
        const run = new CountedRun([host], crash.course);
        await run.makeSick();
        await run.begin({ atPoint: crash.run });
        const deaths = crash.resume === undefined ? [] : [{ atPoint: crash.resume }];
        const record = await run.bringToItsEnd(() => deaths.shift());
        await run.judge(record);
        run.remove();
        return { resumes: resumesOf(record) };
      },
      end: () => host.stop(),
    };
  },
};

/** As many as there are points in a run that nobody kills, and in the resume of one that died in its middle. */
async function crashesOf(host: FleetHost, course: Course): Promise<readonly Crash[]> {
  const uncut = new CountedRun([host], course);
  await uncut.makeSick();
  const { err } = await uncut.begin({ atPoint: NEVER });
  const record = await newestRun(uncut.place);
  assert.ok(record !== undefined, err);
  await uncut.judge(record);
  const points = pointsPassed(uncut.place);
  uncut.remove();

  const middle = Math.floor(points / 2);
  const resumed = new CountedRun([host], course);
  await resumed.makeSick();
  await resumed.begin({ atPoint: middle });
  await resumed.judge(await resumed.bringToItsEnd(() => ({ atPoint: NEVER })));
  const pointsOfResume = pointsPassed(resumed.place);
  resumed.remove();
  assert.ok(points > 0 && pointsOfResume > 0, 'there are points');

  return [
    ...upTo(points).map((run) => ({ course, run })),
    ...upTo(pointsOfResume).map((resume) => ({ course, run: middle, resume })),
  ];
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function resumesOf({ events }: RunRecord): number {
  return events.filter(({ type }) => type === 'run-resumed').length;
}
