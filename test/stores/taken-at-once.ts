import type { ProcessId } from '../../src/model/event.ts';
import type { Occurrence } from '../../src/model/occurrence.ts';
import { occurrenceKey } from '../../src/model/occurrence-key.ts';

const START = Date.parse('2026-03-01T00:00:00Z');

/** What processes take from each other: 1,000 occurrences, and 50 that another one left. */
export const SCHEDULES: readonly string[] = Array.from({ length: 20 }, (_, index) => `schedule ${index}`);
export const TIMES: readonly string[] = Array.from({ length: 50 }, (_, index) => occurrenceKey(START + index * 60_000));
export const LEFT: readonly Occurrence[] = TIMES.map((key) => ({ schedule: 'left', key }));
export const DEAD: ProcessId = { machine: 'ctl', pid: 1, startTime: '1', bootId: 'gone' };
