import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SecretName } from '../model/scalar-literal.ts';
import type { BoundHost } from '../model/host.ts';
import type { Runbook } from '../model/runbook.ts';
import type { RunSelection, Target } from '../model/selection.ts';
import type { SshRoute } from '../model/ssh-settings.ts';
import type { TagChoice } from '../plan/choose-steps.ts';
import type { JsonObject } from '../util/json.ts';
import { unreachable } from '../util/unreachable.ts';
import type { Surroundings } from './surroundings.ts';

/** As typed: paths from the current directory. */
interface Typed extends TagChoice {
  readonly runbook: string;
  readonly params: readonly string[];
  readonly paramsFile?: string | undefined;
  readonly secrets?: string | undefined;
  readonly ageIdentity?: string | undefined;
}

/** Where its hosts came from; nothing with `--local`. */
export interface HostsFrom {
  readonly inventories?: readonly string[];
  readonly ansibleCfg?: string;
  readonly vaultPasswordFiles?: readonly string[];
}

/** What is kept of a selection, for whoever is to do the same again. `hosts`: before the values of secrets were filled in. */
export function runSelection(
  typed: Typed,
  runbook: Runbook,
  from: HostsFrom,
  { hosts, delegates }: { readonly hosts: readonly BoundHost[]; readonly delegates: readonly BoundHost[] },
  { directory }: Surroundings,
): RunSelection {
  const full = (name: 'ansibleCfg' | 'paramsFile' | 'secretsFile' | 'ageIdentity', path: string | undefined) =>
    path === undefined ? {} : { [name]: resolve(directory, path) };
  const runbookFile = resolve(directory, runbook.file);
  return {
    runbookFile,
    runbook: typed.runbook === runbook.name ? runbook.name : runbookFile,
    ...(from.inventories !== undefined && {
      inventories: from.inventories.map((source) => fullSource(source, directory)),
    }),
    ...full('ansibleCfg', from.ansibleCfg),
    ...(from.vaultPasswordFiles !== undefined && {
      vaultPasswordFiles: from.vaultPasswordFiles.map((each) => fullVaultFile(each, directory)),
    }),
    params: typed.params,
    ...(typed.tags !== undefined && { tags: typed.tags }),
    ...(typed.skipTags !== undefined && { skipTags: typed.skipTags }),
    ...full('paramsFile', typed.paramsFile),
    ...full('secretsFile', typed.secrets),
    ...full('ageIdentity', typed.ageIdentity),
    targets: hosts.map(targetOf),
    ...(delegates.length > 0 && { delegates: delegates.map(targetOf) }),
  };
}

/** A list of hosts is no path. */
function fullSource(source: string, directory: string): string {
  const path = resolve(directory, source);
  return source.includes(',') && !existsSync(path) ? source : path;
}

function fullVaultFile(typed: string, directory: string): string {
  const [, id = '', file = ''] = /^([^@/]*@)?(.*)$/s.exec(typed) ?? [];
  return `${id}${resolve(directory, file)}`;
}

function targetOf({ host, params }: BoundHost): Target {
  const { name, address, port, user, connection } = host;
  const through = 'ssh' in host ? whatIsBetween(host.ssh.route) : [];
  return {
    ...{ host: name, address, port, user, connection },
    ...(through.length > 0 && { through }),
    params: plain(params),
  };
}

/** Behind another jump host the same address is another machine. */
function whatIsBetween(route: SshRoute): readonly string[] {
  switch (route.kind) {
    case 'direct':
      return [];
    case 'command':
      return [route.command];
    case 'jumps': {
      const hops = route.hops.map(({ user, address, port }) => `${user}@${address}:${port}`);
      return route.command === undefined ? hops : [route.command, ...hops];
    }
    default:
      return unreachable(route);
  }
}

function plain(params: BoundHost['params']): JsonObject {
  const text = JSON.stringify(params, (_name, value: unknown) =>
    value instanceof SecretName ? `!secret ${value.name}` : value,
  );
  return JSON.parse(text) as JsonObject;
}
