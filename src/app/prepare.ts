import { fillWanted } from '../load/inventory/wanted-vars.ts';
import type { BoundHost } from '../model/host.ts';
import type { Runbook } from '../model/runbook.ts';
import type { RunSelection } from '../model/selection.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { bindParams, type FileParam } from '../plan/bind-params.ts';
import { chooseSteps, type TagChoice } from '../plan/choose-steps.ts';
import { fillSecrets, neededSecrets } from '../plan/fill-secrets.ts';
import { err, ok, type Result } from '../util/result.ts';
import { findDelegates } from './delegates.ts';
import { findRunbook, fromHere } from './find-runbook.ts';
import { othersOf, problemsOf } from './hosts-without-way.ts';
import { lackingHosts, type LackingHost } from './lacking-hosts.ts';
import { openHosts, type HostSelection } from './open-hosts.ts';
import { openParamsFile, openRunbook, type Opened } from './open-files.ts';
import { openVaults } from './open-vaults.ts';
import { runSelection } from './run-selection.ts';
import { settleHosts } from './settle-hosts.ts';
import { checkBecomePasswords } from './become-password.ts';
import { lookUpSecrets } from './secrets.ts';
import type { SecretsOptions } from './secrets-open.ts';
import type { PolicyRules } from './site-policy.ts';
import type { Site } from './surroundings.ts';
import { because, inFiles, together, type Trouble } from './trouble.ts';

export interface Selection extends HostSelection, SecretsOptions, TagChoice {
  /** A name or a path. */
  readonly runbook: string;
  /** `name=value`, as typed. */
  readonly params: readonly string[];
  readonly paramsFile?: string | undefined;
}

/** All is read and checked; nothing has been contacted. */
export interface Prepared {
  readonly runbook: Runbook;
  readonly hosts: readonly BoundHost[];
  /** Hosts that steps may be delegated to and that are not among them. */
  readonly delegates: readonly BoundHost[];
  /** Chosen by their names, and left out because they may be: see `mayLack`. Absent: none. */
  readonly lacking?: readonly LackingHost[];
  /** For the record. */
  readonly selection: RunSelection;
  /** What the site allows. */
  readonly policy: PolicyRules;
  readonly warnings: readonly Diagnostic[];
  readonly sources: readonly SourceFile[];
}

/**
 * Load, select, bind, and only then look up the secrets that are needed. What is wrong with the runbook, the inventory and the
 * params file is told together.
 */
export function prepare(selection: Selection, surroundings: Site): Promise<Result<Prepared, Trouble>> {
  return prepareRunbook(readRunbook(selection, surroundings), selection, surroundings);
}

/**
 * The same for a runbook that was read, or could not be. `only`: these params and no others, whatever else is chosen and whatever the
 * inventory says.
 */
export async function prepareRunbook(
  runbook: Result<Opened<Runbook>, Trouble>,
  selection: Selection,
  surroundings: Site,
  only?: readonly FileParam[],
): Promise<Result<Prepared, Trouble>> {
  const hosts = await openHosts(selection, surroundings);
  const params =
    only === undefined ? readParams(selection, surroundings) : ok({ value: only, sources: [], warnings: [] });
  if (!runbook.ok || !hosts.ok || !params.ok) {
    return err(together(...[runbook, hosts, params].flatMap((file) => (file.ok ? [] : [file.error]))));
  }
  const files = [runbook.value, hosts.value, params.value];
  const sources = files.flatMap((file) => file.sources);

  const chosen = hosts.value.value.choose(runbook.value.value);
  if (!chosen.ok) return err(because(chosen.error));
  const { locate, name: inventory } = hosts.value.value;
  const { names = [], mayLack } = selection;
  const lacking = mayLack === true ? lackingHosts(names, chosen.value, inventory) : [];
  const selected = chosen.value.filter(({ name }) => !lacking.some((host) => host.name === name));
  const vars = only === undefined ? selected : selected.map((host) => ({ ...host, vars: {} }));
  const wanted = fillWanted(vars, namesOf(runbook.value.value), locate);
  const problems = [...problemsOf(selected), ...wanted.problems];
  if (problems.some(({ severity }) => severity === 'error')) {
    const others = othersOf(selected, selection.limit);
    return err(together(inFiles(problems, sources), ...(others === undefined ? [] : [because(others)])));
  }

  const settled = await settleHosts(wanted.hosts, surroundings);
  if (!settled.ok) return err(because(settled.error));

  const bound = bindParams(runbook.value.value, settled.value, {
    file: params.value.value,
    options: selection.params,
    locate,
  });
  if (!bound.ok) return err({ ...bound.error, sources });

  const delegated = await findDelegates(runbook.value.value, bound.value, hosts.value.value, surroundings);
  if (!delegated.ok) return err(because(delegated.error));
  const reached = [...delegated.value.hosts, ...delegated.value.delegates];

  const secrets = await lookUpSecrets(neededSecrets(runbook.value.value, reached), selection, surroundings);
  if (!secrets.ok) return secrets;
  const filled = await openVaults(fillSecrets(runbook.value.value, reached, secrets.value));
  if (!filled.ok) return err(inFiles(filled.error, sources));
  const wrong = checkBecomePasswords(filled.value);
  if (wrong !== undefined) return err(because(wrong));
  const warnings = [...files.flatMap((file) => file.warnings), ...problems];
  const { from, hostsOf } = hosts.value.value;
  const kept = runSelection(selection, runbook.value.value, from, delegated.value, surroundings);
  return ok({
    runbook: runbook.value.value,
    hosts: filled.value.slice(0, bound.value.length),
    delegates: filled.value.slice(bound.value.length),
    ...(lacking.length > 0 && { lacking }),
    selection: kept,
    policy: { rules: surroundings.configuration.policy, hostsOf },
    warnings,
    sources,
  });
}

const namesOf = ({ params }: Runbook): readonly string[] => params.map(({ name }) => name);

function readRunbook(selection: Selection, surroundings: Site): Result<Opened<Runbook>, Trouble> {
  const path = findRunbook(selection.runbook, surroundings);
  if (!path.ok) return err(because(path.error));
  const opened = openRunbook(path.value);
  if (!opened.ok) return opened;
  const chosen = chooseSteps(opened.value.value, selection);
  return chosen.ok ? ok({ ...opened.value, value: chosen.value }) : err(because(chosen.error));
}

function readParams({ paramsFile }: Selection, surroundings: Site): Result<Opened<readonly FileParam[]>, Trouble> {
  if (paramsFile === undefined) return ok({ value: [], sources: [], warnings: [] });
  return openParamsFile(fromHere(paramsFile, surroundings));
}
