import type { Condition } from '../model/policy.ts';
import type { Diagnostic, SourceRange } from '../model/source.ts';
import { hostsMeant } from '../plan/select-hosts.ts';
import type { Result } from '../util/result.ts';
import { openConfiguration } from './configuration.ts';
import { findRunbook } from './find-runbook.ts';
import { openRunbook, type Opened } from './open-files.ts';
import { openInventory, type OpenedInventory } from './open-inventory.ts';
import type { Site } from './surroundings.ts';
import { inConfiguration, together, type Trouble } from './trouble.ts';

/** What is wrong with what a configuration names, and what will not do where nobody is asked. Its files are in order. Contacts no host. */
export async function checkConfiguration(site: Site): Promise<Trouble> {
  const inventory = await openInventory({}, site);
  // Without one that is named there may be none here: then hosts cannot be looked for.
  const broken = !inventory.ok && site.configuration.inventory !== undefined ? [inventory.error] : [];
  const found = [...schedulesWithoutRunbook(site), ...unknownHosts(site, inventory), ...onlyForPersons(site)];
  const inOrder = found.toSorted((a, b) => fileOrder(a, b) || a.at.start.offset - b.at.start.offset);
  return together(inConfiguration(inOrder, []), ...broken);
}

const fileOrder = (a: Diagnostic, b: Diagnostic): number =>
  a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : 0;

/** Those whose runbook cannot be used, each as an error at its name. */
export function schedulesWithoutRunbook(site: Site): readonly Diagnostic[] {
  return site.configuration.schedules.flatMap(({ name, runbook, at }) => {
    const path = findRunbook(runbook, site);
    const hint = path.ok ? `runbook lint ${path.value} says why` : path.error.hint;
    const why = path.ok ? (openRunbook(path.value).ok ? undefined : `${runbook} cannot be used`) : path.error.message;
    if (why === undefined) return [];
    const message = `the schedule ${name}: ${why}`;
    return [{ severity: 'error', code: 'E_REF', message, at, ...(hint !== undefined && { hint }) } as const];
  });
}

function unknownHosts(site: Site, opened: Result<Opened<OpenedInventory>, Trouble>): readonly Diagnostic[] {
  if (!opened.ok) return [];
  const { inventory } = opened.value.value;
  const { policy, schedules, notify } = site.configuration;
  const patterns = (at: SourceRange, ...all: readonly (Condition | undefined)[]) =>
    all.flatMap((condition) => (condition?.hosts === undefined ? [] : [{ at, pattern: condition.hosts }]));
  const named = [
    ...policy.flatMap(({ at, when, unless }) => patterns(at, when, unless)),
    ...notify.flatMap(({ at, when }) => patterns(at, when)),
    ...schedules.flatMap(({ at, hosts }) => patterns(at, { ...(hosts !== undefined && { hosts }) })),
  ];
  return named.flatMap(({ at, pattern }) => {
    const hosts = hostsMeant(inventory, pattern);
    if (hosts !== undefined && hosts.size > 0) return [];
    const message = `${pattern} names no host of ${inventory.name}`;
    const hint = 'a rule whose hosts are not known here holds for every host; runbook inventory graph shows all groups';
    return [{ severity: 'warning', code: 'W_TARGET', message, hint, at } as const];
  });
}

function onlyForPersons(site: Site): readonly Diagnostic[] {
  const unattended = openConfiguration(site, { unattended: true });
  return unattended.ok ? [] : unattended.error.diagnostics.map((each) => ({ ...each, severity: 'warning' }));
}
