import { writeSync } from 'node:fs';
import { open } from '../chaos/sample-store.ts';
import { notBegun, processOf, running } from '../conformance/schedule-store.ts';

/** Decides on one minute after another in a state directory, and says each one that is on the disk. */
const { schedules } = open(process.argv[2] ?? '');
const us = processOf(1);
for (let minute = 1; ; minute += 1) {
  if (minute % 3 === 0) {
    schedules.take(running(minute, { state: 'queued' }));
    schedules.settle(running(minute), us, { state: minute % 2 === 0 ? 'ended' : 'replaced' });
  } else schedules.take(notBegun(minute));
  writeSync(1, `${minute}\n`);
}
