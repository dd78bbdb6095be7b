import { resolve } from 'node:path';
import { SecretName } from '../model/scalar-literal.ts';
import type { BoundHost } from '../model/host.ts';
import type { Runbook } from '../model/runbook.ts';
import type { RunSelection, Target } from '../model/selection.ts';
import type { JsonObject } from '../util/json.ts';
import type { Surroundings } from './surroundings.ts';

/** As typed: paths from the current directory. */
interface Typed {
  readonly runbook: string;
  readonly params: readonly string[];
  readonly paramsFile?: string | undefined;
  readonly secrets?: string | undefined;
  readonly ageIdentity?: string | undefined;
}

/** What is kept of a selection, for whoever is to do the same again. `hosts`: before the values of secrets were filled in. */
export function runSelection(
  typed: Typed,
  runbook: Runbook,
  inventoryFile: string | undefined,
  hosts: readonly BoundHost[],
  { directory }: Surroundings,
): RunSelection {
  const full = (name: 'inventoryFile' | 'paramsFile' | 'secretsFile' | 'ageIdentity', path: string | undefined) =>
    path === undefined ? {} : { [name]: resolve(directory, path) };
  const runbookFile = resolve(directory, runbook.file);
  return {
    runbookFile,
    runbook: typed.runbook === runbook.name ? runbook.name : runbookFile,
    ...full('inventoryFile', inventoryFile),
    params: typed.params,
    ...full('paramsFile', typed.paramsFile),
    ...full('secretsFile', typed.secrets),
    ...full('ageIdentity', typed.ageIdentity),
    targets: hosts.map(targetOf),
  };
}

function targetOf({ host, params }: BoundHost): Target {
  const { name, address, port, user, connection } = host;
  return { host: name, address, port, user, connection, params: plain(params) };
}

function plain(params: BoundHost['params']): JsonObject {
  const text = JSON.stringify(params, (_name, value: unknown) =>
    value instanceof SecretName ? `!secret ${value.name}` : value,
  );
  return JSON.parse(text) as JsonObject;
}
