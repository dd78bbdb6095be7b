import { endPause } from '../../app/schedules/end-pause.ts';
import { findSchedule } from '../../app/schedules/find-schedule.ts';
import { SYSTEM_CLOCK } from '../../app/system-clock.ts';
import { because } from '../../app/trouble.ts';
import type { Pause, ScheduleStore } from '../../model/occurrence.ts';
import { pauseText } from '../pause-text.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';
import { withSchedules } from '../with-schedules.ts';

/** `runbook schedule resume NAME`; also of one that is in the configuration no more. */
export function resume(name: string, terminal: Terminal): Promise<number> {
  return withSchedules({}, terminal, (site, { schedules }) => {
    const found = findSchedule(name, site.configuration);
    const now = { wall: SYSTEM_CLOCK.now(), monotonic: SYSTEM_CLOCK.monotonic() };
    const ended = found.ok ? endPause(found.value, schedules, now) : lift(name, schedules);
    if (ended === undefined && !found.ok) return printTrouble(because(found.error), terminal, false);
    const isPausedStill = found.ok && found.value.paused;
    if (ended !== undefined) terminal.out.print(`${name} is no longer ${pauseText(ended)}\n`);
    else if (!isPausedStill) terminal.out.print(`${name} is not paused.\n`);
    if (!isPausedStill) return 0;
    const { file, start } = found.value.at;
    const message = `${name} is paused in the configuration`;
    const hint = `take paused: true away there: ${file}:${start.line}`;
    return printTrouble(because({ code: 'refused', message, hint }), terminal, false);
  });
}

function lift(name: string, schedules: ScheduleStore): Pause | undefined {
  const paused = schedules.mark(name)?.paused;
  if (paused !== undefined) schedules.pause(name, undefined);
  return paused;
}
