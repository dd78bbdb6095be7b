import type { RunStarted } from '../model/event.ts';
import type { RunSelection } from '../model/selection.ts';
import { commandLine } from '../util/command-line.ts';

/** More than these are not named: a plan of more hosts than are left does no harm, and a command of many lines is none to paste. */
const MOST_NAMED = 20;

/** What a pattern surely takes for the name of a host. */
const PLAIN_NAME = /^[\w.-]+$/;

/**
 * Pure: the command that shows what is to be done now on these hosts of a run, to be pasted into a shell: with the inventory, the params
 * and all else that the run was started with, as far as its record has them.
 */
export function planCommand(
  { runbook, selection }: Pick<RunStarted, 'runbook' | 'selection'>,
  hosts: readonly string[],
): string {
  const chosen = selection === undefined ? [runbook] : [selection.runbook, ...optionsOf(selection, hosts)];
  return commandLine(['runbook', 'plan', ...chosen]);
}

function optionsOf(selection: RunSelection, hosts: readonly string[]): readonly string[] {
  const { inventories, vaultPasswordFiles, params, paramsFile, tags, skipTags, secretsFile, ageIdentity } = selection;
  return [
    ...(inventories === undefined ? ['--local'] : [...each('-i', inventories), ...hostsOption(hosts)]),
    ...each('--vault-password-file', vaultPasswordFiles),
    ...each('--param', params),
    ...each('--params-file', paramsFile),
    ...each('--tags', tags?.join(',')),
    ...each('--skip-tags', skipTags?.join(',')),
    ...each('--secrets', secretsFile),
    ...each('--age-identity', ageIdentity),
    ...(selection.askPass === true ? ['--ask-pass'] : []),
    ...(selection.askBecomePass === true ? ['--ask-become-pass'] : []),
  ];
}

/** Not `--limit`: that narrows the hosts that the runbook names, and the run may have been for others. */
function hostsOption(hosts: readonly string[]): readonly string[] {
  const canBeNamed = hosts.length > 0 && hosts.length <= MOST_NAMED && hosts.every((host) => PLAIN_NAME.test(host));
  return canBeNamed ? ['--hosts', hosts.join(',')] : [];
}

function each(option: string, values: readonly string[] | string | undefined = []): readonly string[] {
  return [values].flat().flatMap((value) => [option, value]);
}
