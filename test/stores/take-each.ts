import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { thisProcess } from '../../src/app/process-id.ts';
import type { Occurrence } from '../../src/model/occurrence.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { DEAD, LEFT, SCHEDULES, TIMES } from './taken-at-once.ts';

/**
 * Takes what it can of the occurrences of all schedules, and takes over what it can of those that a dead process left, at the same time
 * as another process does, each letting the other in; tells its parent that it is there, and what it has got.
 */
const opened = openSqliteStore(process.argv[2] ?? '');
if (!opened.ok) throw new Error(opened.error.message);
const store = opened.value;
/** Longer than SQLite waits between its first tries. */
const LETS_IN_MS = 4;

const us = thisProcess();
const got: Occurrence[] = [];

process.send?.('there');
await once(process, 'message');
for (const key of TIMES) {
  for (const schedule of SCHEDULES) {
    const row = { schedule, key, state: 'running', process: us, decidedAt: key } as const;
    if (!store.schedules.take(row)) continue;
    got.push({ schedule, key });
    await pause(LETS_IN_MS);
  }
  const left = LEFT.filter((each) => each.key === key);
  got.push(...left.filter((each) => store.schedules.takeOver(each, DEAD, us)));
}
await store.close();
process.send?.(got);
process.disconnect();
