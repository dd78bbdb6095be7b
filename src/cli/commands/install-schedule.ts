import { existsSync, mkdirSync } from 'node:fs';
import { changeCrontab } from '../../app/install/crontab.ts';
import { crontabBlock } from '../../app/install/crontab-text.ts';
import type { Installation } from '../../app/install/installation.ts';
import { prepareInstallation } from '../../app/install/prepare-installation.ts';
import { differentTimes } from '../../app/install/same-times.ts';
import { scheduleOnTheSpot } from '../../app/install/schedule-on-the-spot.ts';
import { serveInstallation } from '../../app/install/serve-installation.ts';
import { serveText, serviceText, timerText } from '../../app/install/unit-text.ts';
import { installUnits, removeUnits, unitDirectory, type Units, type UnitsChanged } from '../../app/install/units.ts';
import { findSchedule } from '../../app/schedules/find-schedule.ts';
import type { Site } from '../../app/surroundings.ts';
import { because, type Trouble } from '../../app/trouble.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Schedule } from '../../model/schedule.ts';
import { crontabTimes } from '../../schedule/crontab-times.ts';
import { onCalendar } from '../../schedule/on-calendar.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { siteToChange } from '../open-site.ts';
import type { InstallOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook install-schedule NAME`. */
export async function install(name: string, options: InstallOptions, terminal: Terminal): Promise<number> {
  const site = siteToChange(terminal, { onSchedule: name });
  if (!site.ok) return site.error;
  const here = site.value;
  const done = options.crontab === true ? inCrontab(name, options, here) : inSystemd(name, options, here);
  const said = await done;
  if (!said.ok) return printTrouble(said.error, terminal, false);
  terminal.out.print(said.value);
  return 0;
}

async function inCrontab(name: string, options: InstallOptions, here: Site): Promise<Result<string, Trouble>> {
  if (options.remove === true) {
    const removed = await changeCrontab(name, '');
    if (!removed.ok) return err(because(removed.error));
    return ok(removed.value ? `${name} is no longer in the crontab\n` : `${name} was not in the crontab\n`);
  }
  const chosen = scheduleOf(name, options, here);
  if (!chosen.ok) return err(because(chosen.error));
  const schedule = chosen.value;
  if (schedule.jitterMs > 0) return refuse('cron knows no jitter', 'leave jitter out, use --systemd, or runbook serve');
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const times = crontabTimes(schedule.timing, zone, Date.now());
  if (!times.ok) return refuse(times.error);
  const flock = ['/usr/bin/flock', '/bin/flock'].find((file) => existsSync(file));
  if (flock === undefined)
    return refuse('there is no flock here, which keeps two from running at once', 'install util-linux');
  const installation = await prepareInstallation(schedule, runWith(options), here);
  if (!installation.ok) return installation;
  const block = crontabBlock(installation.value, times.value, flock);
  if (!block.ok) return refuse(block.error);
  if (options.print === true) return ok(block.value);
  makeStateDirectory(installation.value);
  const changed = await changeCrontab(schedule.name, block.value);
  if (!changed.ok) return err(because(changed.error));
  const late = schedule.graceMs === undefined ? '' : 'cron catches up with nothing: what is missed stays so\n';
  return ok(
    changed.value
      ? `${schedule.name} is in the crontab: crontab -l\n${late}`
      : `${schedule.name} was in the crontab already\n`,
  );
}

async function inSystemd(name: string, options: InstallOptions, here: Site): Promise<Result<string, Trouble>> {
  const isRoot = process.getuid?.() === 0;
  const directory = unitDirectory(here, isRoot);
  const names = [`runbook-${name}.service`, ...(name === 'serve' ? [] : [`runbook-${name}.timer`])];
  if (options.remove === true) return told(removeUnits(names, directory, isRoot), 'removed');
  const units = name === 'serve' ? await serveUnits(options, here) : await scheduleUnits(name, options, here);
  if (!units.ok) return units;
  if (options.print === true)
    return ok(
      Object.entries(units.value)
        .map(([unit, text]) => `# ${directory}/${unit}\n${text}`)
        .join('\n'),
    );
  return told(installUnits(units.value, directory, isRoot), 'wrote');
}

async function scheduleUnits(name: string, options: InstallOptions, here: Site): Promise<Result<Units, Trouble>> {
  const chosen = scheduleOf(name, options, here);
  if (!chosen.ok) return err(because(chosen.error));
  const schedule = chosen.value;
  const now = Date.now();
  const calendar = onCalendar(schedule.timing, now);
  if (!calendar.ok) return refuse(calendar.error);
  const different = differentTimes(calendar.value.lines, schedule.timing, now);
  if (different !== undefined) return refuse(different);
  const installation = await prepareInstallation(schedule, runWith(options), here);
  if (!installation.ok) return installation;
  if (options.print !== true) makeStateDirectory(installation.value);
  return ok({
    [`runbook-${schedule.name}.service`]: serviceText(installation.value),
    [`runbook-${schedule.name}.timer`]: timerText(schedule, calendar.value),
  });
}

async function serveUnits(options: InstallOptions, here: Site): Promise<Result<Units, Trouble>> {
  const installation = await serveInstallation(here);
  if (options.print !== true) makeStateDirectory(installation);
  return ok({ 'runbook-serve.service': serveText(installation, here.configuration.serve.stopMs) });
}

function scheduleOf(name: string, options: InstallOptions, { configuration }: Site): Result<Schedule, ErrorInfo> {
  if (options.cron !== undefined || options.every !== undefined) return scheduleOnTheSpot(name, options);
  const found = findSchedule(name, configuration);
  if (!found.ok) {
    const hint = `${found.error.hint ?? ''}\nor, when ${name} is a runbook, say when: --cron '*/5 * * * *', or --every 5m`;
    return err({ ...found.error, hint });
  }
  const { hosts, maxRisk, param } = options;
  if (hosts === undefined && maxRisk === undefined && param === undefined) return found;
  const message = `--hosts, --max-risk and --param are for a runbook; what the schedule ${name} does is in the configuration`;
  return err({ code: 'usage', message, hint: 'leave them out, or add --cron or --every' });
}

const runWith = ({ hosts, inventory = [], param = [], vaultPasswordFile, secrets, ageIdentity }: InstallOptions) => ({
  ...{ hosts, inventory, moreParams: param, vaultPasswordFile, secrets, ageIdentity },
});

/** A unit may write there and nowhere else, so it has to be there. */
const makeStateDirectory = ({ stateDirectory }: Pick<Installation, 'stateDirectory'>): void => {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
};

function told(changed: Result<UnitsChanged, ErrorInfo>, verb: string): Result<string, Trouble> {
  if (!changed.ok) return err(because(changed.error));
  const { files, left } = changed.value;
  if (files.length === 0) return ok('there is nothing to take away\n');
  const rest = left === undefined ? [] : [`systemd was not told (${left.why}); type:`, ...left.commands];
  return ok([...files.map((file) => `${verb} ${file}`), ...rest, ''].join('\n'));
}

function refuse(message: string, hint?: string): Result<never, Trouble> {
  return err(because({ code: 'usage', message, ...(hint !== undefined && { hint }) }));
}
