import { noSchedule } from '../../app/schedules/find-schedule.ts';
import { release as releaseFrom } from '../../app/schedules/release.ts';
import { thisProcess } from '../../app/process-id.ts';
import { startedBy } from '../../app/started-by.ts';
import { because } from '../../app/trouble.ts';
import { dueText, stateText } from '../occurrence-text.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';
import { withSchedules } from '../with-schedules.ts';

/** `runbook schedule release NAME`; also of one that is in the configuration no more. */
export function release(name: string, terminal: Terminal): Promise<number> {
  return withSchedules({}, terminal, (site, { schedules }) => {
    const { user, machine } = startedBy(site, '', 'person');
    const by = `${user}@${machine}`;
    const released = releaseFrom(name, schedules, { by, now: Date.now(), process: thisProcess() });
    const known = site.configuration.schedules.map((schedule) => schedule.name);
    if (released.length === 0 && !known.includes(name))
      return printTrouble(because(noSchedule(name, known)), terminal, false);
    if (released.length === 0) terminal.out.print(`No other machine has anything of ${name} in hand.\n`);
    for (const { record, settlement } of released) {
      const { process: _, ...left } = { ...record, ...settlement };
      const note = settlement.note === undefined ? '' : `: ${settlement.note}`;
      terminal.out.print(`${name} ${dueText(record)} is ${stateText(left)}${note}\n`);
    }
    return 0;
  });
}
