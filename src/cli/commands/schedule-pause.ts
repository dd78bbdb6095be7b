import { findSchedule } from '../../app/schedules/find-schedule.ts';
import { startedBy } from '../../app/started-by.ts';
import { because } from '../../app/trouble.ts';
import { ok } from '../../util/result.ts';
import type { SchedulePauseOptions } from '../options.ts';
import { pauseText } from '../pause-text.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';
import { untilTime } from '../until-time.ts';
import { withSchedules } from '../with-schedules.ts';

/** `runbook schedule pause NAME`. */
export function pause(name: string, options: SchedulePauseOptions, terminal: Terminal): Promise<number> {
  const now = Date.now();
  const until = options.until === undefined ? ok(undefined) : untilTime(options.until, now);
  if (!until.ok) return Promise.resolve(printTrouble(because(until.error), terminal, false));
  return withSchedules({}, terminal, (site, store) => {
    const found = findSchedule(name, site.configuration);
    if (!found.ok) return printTrouble(because(found.error), terminal, false);
    const { user, machine } = startedBy(site, '', 'person');
    const before = store.schedules.mark(name)?.paused;
    const pause = {
      by: `${user}@${machine}`,
      reason: options.reason.trim(),
      at: new Date(now).toISOString(),
      ...(until.value !== undefined && { until: new Date(until.value).toISOString() }),
    };
    store.schedules.pause(name, pause);
    if (before !== undefined) terminal.err.print(`It was ${pauseText(before)}\n`);
    terminal.out.print(`${name} is ${pauseText(pause)} (runbook schedule resume ${name} lets it go on)\n`);
    return 0;
  });
}
