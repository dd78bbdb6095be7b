import { dirname } from 'node:path';
import { prepare } from '../prepare.ts';
import type { Site } from '../surroundings.ts';
import type { Installation } from './installation.ts';
import { foldersOfMetrics, installationBase } from './prepare-installation.ts';
import { selectionOfSchedule } from './run-words.ts';

/** What is to be started for `runbook serve`. Schedules that cannot be read now are no reason: `serve` says so of each. */
export async function serveInstallation(here: Site): Promise<Omit<Installation, 'schedule'>> {
  const { program, ...base } = installationBase(here);
  const { schedules, serve } = here.configuration;
  const socket = serve.listen !== undefined && 'socket' in serve.listen ? [dirname(serve.listen.socket)] : [];
  const prepared = await Promise.all(schedules.map((schedule) => prepare(selectionOfSchedule(schedule, {}), here)));
  const repairsThisMachine = prepared.some(
    (each) => each.ok && [...each.value.hosts, ...each.value.delegates].some(({ host }) => host.connection === 'local'),
  );
  return {
    ...base,
    argv: [...program, 'serve'],
    folders: [...socket, ...foldersOfMetrics(schedules)],
    repairsThisMachine,
  };
}
