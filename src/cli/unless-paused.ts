import { openSite } from '../app/configuration.ts';
import { pauseOf } from '../app/schedules/schedule-overview.ts';
import { stateDirectory, surroundings } from '../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import type { Pause } from '../model/occurrence.ts';
import { StoreFault } from '../model/store-fault.ts';
import { openSqliteStore } from '../stores/sqlite.ts';
import type { RunOptions } from './options.ts';
import { pauseText } from './pause-text.ts';
import type { Terminal } from './terminal.ts';

/**
 * What cron or systemd starts for a schedule is left undone while that is paused, as `serve` leaves it: no host is asked, no ping is sent
 * and no mail, and the exit code is 0. Who looks is told.
 */
export async function unlessPaused(
  { onSchedule, verbose, json }: RunOptions,
  terminal: Terminal,
  run: () => Promise<number>,
): Promise<number> {
  const paused = onSchedule === undefined ? undefined : await pauseNow(onSchedule, terminal);
  if (paused === undefined) return run();
  const { err, isWatched } = terminal;
  if (json !== true && (isWatched || verbose === true)) err.print(`${onSchedule} is ${pauseText(paused)}\n`);
  return 0;
}

/** What cannot be read is said by the run, which reads it again. */
async function pauseNow(name: string, { environment, directory }: Terminal): Promise<Partial<Pause> | undefined> {
  const site = openSite(surroundings(environment, directory), { unattended: true });
  if (!site.ok) return undefined;
  const store = openSqliteStore(stateDirectory(site.value.value));
  if (!store.ok) return undefined;
  const { schedules } = site.value.value.configuration;
  const { paused = false } = schedules.find((schedule) => schedule.name === name) ?? {};
  try {
    return pauseOf({ paused }, store.value.schedules.mark(name)?.paused, SYSTEM_CLOCK.now());
  } catch (cause) {
    if (cause instanceof StoreFault) return undefined;
    throw cause;
  } finally {
    await store.value.close();
  }
}
