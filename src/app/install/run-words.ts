import type { Schedule } from '../../model/schedule.ts';
import type { Selection } from '../prepare.ts';
import { scheduledSelection } from '../scheduled-selection.ts';

/** What is not the schedule's. All paths are full ones. */
export interface RunWith {
  /** Instead of the runbook's own hosts; `hosts` of a schedule narrows them. */
  readonly hosts?: string | undefined;
  readonly inventory?: readonly string[];
  /** `name=value`, after those of the schedule. */
  readonly moreParams?: readonly string[];
  readonly vaultPasswordFile?: readonly string[] | undefined;
  readonly secrets?: string | undefined;
  readonly ageIdentity?: string | undefined;
}

/** The arguments with which `runbook` does what a schedule means; in mode `shadow` it only plans. */
export function runWords(schedule: Schedule, selected: Selection): readonly string[] {
  const { mode, name, maxRisk, metricsFile, ping } = schedule;
  const { runbook, inventory = [], vaultPasswordFile = [], hosts, limit, params, tags, skipTags } = selected;
  const { secrets, ageIdentity } = selected;
  return [
    ...(mode === 'shadow' ? ['plan', runbook] : ['run', runbook, '--yes']),
    ...['--on-schedule', name, '--max-risk', maxRisk],
    ...inventory.flatMap((source) => ['--inventory', source]),
    ...vaultPasswordFile.flatMap((file) => ['--vault-password-file', file]),
    ...option('--hosts', hosts),
    ...option('--limit', limit),
    ...params.flatMap((param) => ['--param', param]),
    ...option('--tags', tags?.join(',')),
    ...option('--skip-tags', skipTags?.join(',')),
    ...option('--secrets', secrets),
    ...option('--age-identity', ageIdentity),
    ...option('--metrics-file', metricsFile),
    ...option('--ping', ping),
  ];
}

/** What the schedule and what is not its own choose together. */
export function selectionOfSchedule(schedule: Schedule, { moreParams = [], ...given }: RunWith): Selection {
  const own = scheduledSelection(schedule);
  return { ...own, params: [...own.params, ...moreParams], ...given };
}

/** One word, so that a value may begin with `-`. */
const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`${name}=${value}`];
