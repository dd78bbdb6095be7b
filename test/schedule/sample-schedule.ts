import type { Schedule, Timing } from '../../src/model/schedule.ts';

const PLACE = { line: 1, column: 1, offset: 0 };

/** Of the name `sample`, each hour, if nothing else is said. */
export function sampleSchedule(given: Partial<Schedule> = {}): Schedule {
  const timing: Timing = { kind: 'every', everyMs: 3_600_000 };
  return {
    name: 'sample',
    runbook: 'apache-accept-lock',
    timing,
    jitterMs: 0,
    overlap: 'skip',
    mode: 'repair',
    maxRisk: 'restart',
    params: {},
    paused: false,
    at: { file: 'config.yaml', start: PLACE, end: PLACE },
    ...given,
  };
}
