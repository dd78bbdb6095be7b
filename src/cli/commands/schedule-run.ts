import { FAILED } from '../../app/exit-codes.ts';
import { findSchedule } from '../../app/schedules/find-schedule.ts';
import { pauseOf } from '../../app/schedules/schedule-overview.ts';
import { stateDirectory, type Site } from '../../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../../app/system-clock.ts';
import { openTransports } from '../../app/transports.ts';
import { because } from '../../app/trouble.ts';
import { createView, type View } from '../../app/views.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { SharedStore } from '../../model/shared-store.ts';
import { StoreFault } from '../../model/store-fault.ts';
import { runByHand } from '../../server/run-by-hand.ts';
import type { OccurrenceEnd } from '../../server/run-occurrence.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { unreachable } from '../../util/unreachable.ts';
import { printWarnings, viewKind } from '../attend.ts';
import { siteToChange } from '../open-site.ts';
import type { ScheduleRunOptions } from '../options.ts';
import { pauseText } from '../pause-text.ts';
import { printTrouble } from '../print-trouble.ts';
import { printWayOn } from '../print-way-on.ts';
import { listenToSignals } from '../signals.ts';
import { storeTrouble } from '../store-trouble.ts';
import { tellOfRun } from '../tell.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook schedule run NAME`. */
export async function run(name: string, options: ScheduleRunOptions, terminal: Terminal): Promise<number> {
  const json = options.json === true;
  const site = siteToChange(terminal, options);
  if (!site.ok) return site.error;
  const found = findSchedule(name, site.value.configuration);
  if (!found.ok) return printTrouble(because(found.error), terminal, json);
  const store = openSqliteStore(stateDirectory(site.value));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  try {
    return await runNow(found.value, { site: site.value, store: store.value, options, terminal });
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    return printTrouble(storeTrouble(cause), terminal, json);
  } finally {
    await store.value.close();
  }
}

interface Here {
  readonly site: Site;
  readonly store: SharedStore;
  readonly options: ScheduleRunOptions;
  readonly terminal: Terminal;
}

async function runNow(schedule: Schedule, here: Here): Promise<number> {
  const { site, store, options, terminal } = here;
  const kind = viewKind(options, terminal, schedule.mode === 'repair');
  const view = await createView(terminal, { kind, verbose: options.verbose === true });
  const say = (line: string): void => {
    if (kind !== 'json') view.say(line);
  };
  noteOthers(schedule, store, say);
  const signals = listenToSignals((signal, line) => {
    if (signal === 'second' || kind !== 'lines') say(line);
  });
  try {
    const driven = {
      site,
      store,
      clock: SYSTEM_CLOCK,
      openTransports,
      reporters: view.reporters,
      stop: signals.stop,
      kill: signals.kill,
    };
    let code = FAILED;
    await runByHand(schedule, driven, async (ended) => {
      code = await show(ended, schedule, view, here);
    });
    return code;
  } finally {
    signals.release();
  }
}

/** It goes on all the same: whoever types it may know better. */
function noteOthers(schedule: Schedule, { schedules }: SharedStore, say: (line: string) => void): void {
  const { name } = schedule;
  const paused = pauseOf(schedule, schedules.mark(name)?.paused, SYSTEM_CLOCK.now());
  if (paused !== undefined) say(`${name} is ${pauseText(paused)}; this is out of turn`);
  const [other] = schedules.occurrences({ schedule: name, states: ['running'], limit: 1 });
  if (other !== undefined)
    say(`${name} runs already (${other.runId ?? other.key}): hosts that it has locked are left alone`);
}

async function show(ended: OccurrenceEnd, schedule: Schedule, view: View, here: Here): Promise<number> {
  const { site, store, options, terminal } = here;
  const json = options.json === true;
  switch (ended.kind) {
    case 'failed':
      return printTrouble(ended.trouble, terminal, json);
    case 'left':
      return printTrouble(because(ended.error), terminal, json);
    case 'ended':
    case 'interrupted': {
      const { plan, finished, runId } = ended.end;
      const result = view.result(plan, finished, schedule.mode === 'shadow' ? 'plan' : 'run');
      terminal.out.print(result);
      if (!json && result !== '') printWarnings(ended.prepared, terminal);
      printWayOn(runId, store, options, terminal);
      await tellOfRun(runId, ended.prepared, store, options, site, terminal);
      return finished.exitCode;
    }
    default:
      return unreachable(ended);
  }
}
