import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ErrorInfo } from '../../model/error.ts';
import type { Schedule } from '../../model/schedule.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { openSite } from '../configuration.ts';
import { findRunbook } from '../find-runbook.ts';
import { prepare, type Selection } from '../prepare.ts';
import { stateDirectory, type Site, type Surroundings } from '../surroundings.ts';
import { because, type Trouble } from '../trouble.ts';
import type { Installation } from './installation.ts';
import { keptPath } from './kept-path.ts';
import { runWords, selectionOfSchedule, type RunWith } from './run-words.ts';

/** What is taken over into a unit or a line: where this program looks for its files, and whom it trusts. No secret. */
const KEPT_VARIABLES = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'NODE_EXTRA_CA_CERTS'];

/** The program that runs now: the node, and the file that it was given. */
const THIS_PROGRAM: readonly [string, ...string[]] = [process.execPath, resolve(process.argv[1] ?? '')];

/**
 * What is to be started for a schedule, checked as it will be found then: from `/`, without the environment of whoever installs it.
 * What only this folder or a variable says is written into the command.
 */
export async function prepareInstallation(
  schedule: Schedule,
  given: RunWith,
  here: Site,
): Promise<Result<Installation, Trouble>> {
  const refused = whyNotByClock(schedule);
  if (refused !== undefined) return err(because(refused));
  const chosen = selectionOfSchedule(schedule, withVariables(given, here));
  const now = await prepare(chosen, here);
  if (!now.ok) return now;
  const { inventories = [], ansibleCfg, vaultPasswordFiles } = now.value.selection;
  const base = installationBase(here);
  const environment = { ...base.environment, ...(ansibleCfg !== undefined && { ANSIBLE_CONFIG: ansibleCfg }) };
  const then = openSite(surroundingsThen(here, { ...environment, ...base.configuration }), { unattended: true });
  if (!then.ok) return then;
  const isKnown = isSame(findRunbook(schedule.runbook, then.value.value), now.value.selection.runbookFile);
  const selection: Selection = {
    ...chosen,
    runbook: isKnown ? schedule.runbook : now.value.selection.runbookFile,
    inventory: inventories,
    ...(vaultPasswordFiles !== undefined && { vaultPasswordFile: vaultPasswordFiles }),
  };
  const checked = await prepare(selection, then.value.value);
  if (!checked.ok) return checked;
  return ok({
    ...base,
    schedule,
    environment,
    folders: foldersOfMetrics([schedule]),
    argv: [...base.program, ...runWords(schedule, selection)],
    repairsThisMachine: [...checked.value.hosts, ...checked.value.delegates].some(
      ({ host }) => host.connection === 'local',
    ),
  });
}

/** What every command has that is started from elsewhere. */
export function installationBase(here: Site): Omit<
  Installation,
  'schedule' | 'argv' | 'folders' | 'repairsThisMachine'
> & {
  readonly program: readonly [string, ...string[]];
  readonly configuration: Readonly<Record<string, string>>;
} {
  const kept = KEPT_VARIABLES.flatMap((name) => {
    const value = here.environment[name] ?? '';
    return value.startsWith('/') ? [[name, value] as const] : [];
  });
  const named = here.environment['RUNBOOK_CONFIG'] ?? '';
  const file = resolve(here.directory, named);
  const isRoot = process.getuid?.() === 0;
  return {
    program: [...THIS_PROGRAM, ...(named === '' ? [] : [`--config=${file}`])],
    configuration: named === '' ? {} : { RUNBOOK_CONFIG: file },
    // Whatever starts it: what was checked with them is started with them.
    environment: {
      HOME: here.home,
      PATH: keptPath(here.environment['PATH'] ?? '', isRoot),
      ...Object.fromEntries(kept),
    },
    home: here.home,
    stateDirectory: stateDirectory(here),
    isRoot,
    sendsMail: here.configuration.notify.some(({ to }) => to.kind === 'email'),
  };
}

/** Where their metrics are written, each once. */
export const foldersOfMetrics = (schedules: readonly Schedule[]): readonly string[] => [
  ...new Set(schedules.flatMap(({ metricsFile }) => (metricsFile === undefined ? [] : [dirname(metricsFile)]))),
];

const surroundingsThen = (here: Site, environment: Readonly<Record<string, string>>): Surroundings => ({
  ...here,
  directory: '/',
  environment,
});

/** Full paths, and what variables say that will not be there. */
function withVariables({ secrets, ageIdentity, ...given }: RunWith, { environment, directory }: Site): RunWith {
  const path = (option: string | undefined, variable: string): string | undefined => {
    const value = option ?? environment[variable] ?? '';
    return value === '' ? undefined : resolve(directory, value);
  };
  return {
    ...given,
    secrets: path(secrets, 'RUNBOOK_SECRETS'),
    ageIdentity: path(ageIdentity, 'RUNBOOK_AGE_IDENTITY'),
  };
}

const isSame = (found: Result<string, ErrorInfo>, file: string): boolean =>
  found.ok && isAbsolute(found.value) && join(found.value) === file;

/** What only a process that keeps watch can do. */
function whyNotByClock({ name, overlap, paused }: Schedule): ErrorInfo | undefined {
  if (overlap !== 'skip')
    return {
      code: 'usage',
      message: `the schedule ${name} has overlap: ${overlap}, and neither cron nor systemd can: they skip`,
      hint: 'leave overlap out, or use runbook serve',
    };
  if (!paused) return undefined;
  const hint = 'remove paused, or take away what is installed: --remove';
  return { code: 'usage', message: `the schedule ${name} is paused in the configuration`, hint };
}
