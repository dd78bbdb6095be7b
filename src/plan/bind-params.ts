import type { ErrorInfo } from '../model/error.ts';
import type { BoundHost, Host } from '../model/host.ts';
import { readLiteral } from '../model/literal.ts';
import type { Param, Runbook } from '../model/runbook.ts';
import type { SourceRange } from '../model/source.ts';
import type { Type } from '../model/type.ts';
import { err, ok, type Result } from '../util/result.ts';
import { knownParams, readParamOptions } from './param-options.ts';
import { TroubleList, type ParamTrouble } from './param-trouble.ts';

/** What was given beside the runbook's defaults and the inventory. */
export interface GivenParams {
  readonly file: readonly FileParam[];
  /** As typed after `--param`. */
  readonly options: readonly string[];
  /** Where a variable of a host is written, when that is known. */
  readonly locate: (host: string, variable: string) => SourceRange | undefined;
}

/** One entry of a params file. */
export interface FileParam {
  readonly name: string;
  readonly value: unknown;
  readonly at: SourceRange;
}

/**
 * Gives each host the params that the runbook has there. The strongest wins: `--param`, params file, host vars, group vars,
 * default. Every value that is given is checked against its type, also one that loses. Secrets are still their names, for `fillSecrets`.
 */
export function bindParams(
  runbook: Runbook,
  hosts: readonly Host[],
  given: GivenParams,
): Result<readonly BoundHost[], ParamTrouble> {
  const trouble = new TroubleList();
  const forAll = new Map([...readFile(runbook, given.file, trouble), ...readOptions(runbook, given.options, trouble)]);
  const missing = new Map<Param, string[]>();
  const bound = hosts.map((host) => {
    const own = readVars(runbook, host, given, trouble);
    const params: Record<string, unknown> = {};
    for (const param of runbook.params) {
      const value = forAll.get(param.name) ?? own.get(param.name) ?? param.default;
      if (value === undefined && (forAll.has(param.name) || own.has(param.name))) continue;
      if (value === undefined) missing.set(param, [...(missing.get(param) ?? []), host.name]);
      else params[param.name] = value;
    }
    return { host, params, secrets: {} };
  });
  for (const [param, where] of missing) trouble.error(missingParam(runbook, param, where, hosts.length));
  return trouble.isEmpty() ? ok(bound) : err(trouble);
}

/** A value that was refused is undefined: it is not missing. */
function readFile(runbook: Runbook, file: readonly FileParam[], trouble: TroubleList): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { name, value, at } of file) {
    const param = runbook.params.find((each) => each.name === name);
    if (param === undefined) {
      const message = `the runbook ${runbook.name} has no param ${JSON.stringify(name)}`;
      trouble.diagnostic(at, 'E_UNKNOWN_PARAM', message, knownParams(runbook, name));
      continue;
    }
    const read = readLiteral(param.type, value);
    values.set(name, read.ok ? read.value : undefined);
    if (!read.ok) trouble.diagnostic(at, codeOf(param.type), `the param ${name}: ${read.error}`);
  }
  return values;
}

/** The second one keeps the line out of excerpts: a secret stands in it. */
const codeOf = (type: Type): string => (type.kind === 'secret' ? 'E_PLAINTEXT_SECRET' : 'E_PARAM');

function readOptions(runbook: Runbook, options: readonly string[], trouble: TroubleList): ReadonlyMap<string, unknown> {
  const read = readParamOptions(runbook, options);
  for (const error of read.errors) trouble.error(error);
  return read.values;
}

function readVars(
  runbook: Runbook,
  host: Host,
  given: GivenParams,
  trouble: TroubleList,
): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { name, type } of runbook.params) {
    if (!Object.hasOwn(host.vars, name)) continue;
    const value = host.vars[name];
    const read = readLiteral(type, value);
    const at = given.locate(host.name, name);
    values.set(name, read.ok ? read.value : undefined);
    if (read.ok) continue;
    if (at !== undefined)
      trouble.diagnostic(at, codeOf(type), `the variable ${name}, a param of ${runbook.name}: ${read.error}`);
    else trouble.error({ code: 'bad-file', message: `the variable ${name} of ${host.name}: ${read.error}` });
  }
  return values;
}

function missingParam({ name }: Runbook, param: Param, hosts: readonly string[], selected: number): ErrorInfo {
  const where = hosts.length === selected ? '' : ` on ${hosts.slice(0, 5).join(', ')}${hosts.length > 5 ? ' ...' : ''}`;
  const hint =
    param.type.kind === 'secret'
      ? `give it in a params file: ${param.name}: !secret NAME`
      : `give it by --param ${param.name}=VALUE, in a params file, or as a variable of the inventory`;
  return { code: 'usage', message: `the runbook ${name} needs the param ${param.name}${where}`, hint };
}
